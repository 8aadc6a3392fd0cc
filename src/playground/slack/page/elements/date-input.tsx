import { useRef } from "preact/hooks";
import { plainOf } from "../text/slack-text.tsx";
import { secondsOf, wallTimeOf } from "../text/format-date.ts";
import { useTexts } from "../texts.ts";
import { useReader } from "../use-reader.ts";
import { useField, type FieldProps } from "./use-field.ts";

const inputTypes = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" } as const;

/** A date, a time, or both in the acting person's time zone. */
export function DateInput(props: FieldProps) {
  const { element, label } = props;
  const field = useField(props);
  const reader = useReader();
  const texts = useTexts();
  const names = { datepicker: texts.date, timepicker: texts.time, datetimepicker: texts.moment };
  const isMoment = element.type === "datetimepicker";
  const shown = isMoment
    ? typeof field.held === "number"
      ? wallTimeOf(field.held, reader.tz)
      : ""
    : typeof field.held === "string"
      ? field.held
      : "";
  // Whoever types a date passes through other dates (2, 20, 202, 2026): the app hears of it once the field is left.
  const isTyping = useRef(false);
  const told = useRef(shown);
  const read = (text: string) => (isMoment ? secondsOf(text, reader.tz) : text === "" ? undefined : text);
  const tell = (text: string) => {
    isTyping.current = false;
    if (!field.dispatches || text === told.current) return;
    told.current = text;
    void field.choose(read(text));
  };
  return (
    <input
      id={field.id}
      class="input date-input"
      type={inputTypes[element.type as keyof typeof inputTypes]}
      value={shown}
      aria-label={label || plainOf(element.placeholder) || names[element.type as keyof typeof names]}
      aria-invalid={field.error !== undefined}
      onKeyDown={(event) => {
        if (event.key === "Enter") tell(event.currentTarget.value);
        else isTyping.current = event.key !== "Tab";
      }}
      onInput={(event) => {
        const text = event.currentTarget.value;
        if (!field.dispatches) field.enter(read(text));
        else if (!isTyping.current) tell(text);
      }}
      onBlur={(event) => tell(event.currentTarget.value)}
    />
  );
}
