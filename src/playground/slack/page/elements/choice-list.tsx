import type { OptionObject } from "../block-shapes.ts";
import { SlackText } from "../text/slack-text.tsx";
import { useField, type FieldProps } from "./use-field.ts";

/** Checkboxes and radio buttons. */
export function ChoiceList(props: FieldProps) {
  const { element, label } = props;
  const field = useField(props);
  const several = element.type === "checkboxes";
  const chosen = (several ? (field.held ?? []) : [field.held].filter(Boolean)) as readonly OptionObject[];
  const choose = (option: OptionObject, isOn: boolean) => {
    if (!several) return field.choose(option);
    const values = new Set(chosen.map((item) => item.value));
    if (isOn) values.add(option.value);
    else values.delete(option.value);
    return field.choose((element.options ?? []).filter((item) => values.has(item.value)));
  };
  return (
    <div
      class="choices"
      id={field.id}
      role={several ? "group" : "radiogroup"}
      aria-label={label || undefined}
    >
      {(element.options ?? []).map((option) => {
        const isOn = chosen.some((item) => item.value === option.value);
        return (
          <label key={option.value} class="choice">
            <input
              type={several ? "checkbox" : "radio"}
              name={field.id}
              checked={isOn}
              aria-invalid={field.error !== undefined}
              onChange={(event) => void choose(option, event.currentTarget.checked)}
            />
            <span>
              <SlackText text={option.text} />
              {option.description && (
                <span class="hint">
                  <SlackText text={option.description} />
                </span>
              )}
            </span>
          </label>
        );
      })}
    </div>
  );
}
