import { useEffect, useRef } from "preact/hooks";
import type { RichTextPart } from "../block-shapes.ts";
import { isComposing } from "../is-composing.ts";
import { plainOf } from "../text/slack-text.tsx";
import { useField, type FieldProps } from "./use-field.ts";

const keyboards: Readonly<Record<string, "email" | "url" | undefined>> = {
  email_text_input: "email",
  url_text_input: "url",
};

/** Text of one line or several, numbers, addresses. */
export function TextInput(props: FieldProps) {
  const { element, label } = props;
  const field = useField(props);
  const input = useRef<HTMLElement>(null);
  useEffect(() => {
    if (element.focus_on_load === true) input.current?.focus();
  }, []);
  const isLong = element.multiline === true || element.type === "rich_text_input";
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const isCheckedByApp = field.dispatches && triggers.includes("on_character_entered");
  const onInput = (event: { readonly currentTarget: { readonly value: string } }) => {
    field.enter(event.currentTarget.value);
    if (isCheckedByApp) void field.choose(event.currentTarget.value);
  };
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: { readonly value: string } }) => {
    if (event.key !== "Enter" || isComposing(event) || isLong) return;
    if (!field.dispatches || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    void field.choose(event.currentTarget.value);
  };
  const shared = {
    id: field.id,
    class: "input",
    value: textOf(field.held),
    placeholder: plainOf(element.placeholder),
    "aria-label": label || plainOf(element.placeholder) || undefined,
    "aria-invalid": field.error !== undefined,
    "aria-describedby": field.error === undefined ? undefined : `${field.id}-error`,
    maxLength: element.max_length,
    onInput,
    onKeyDown,
  };
  if (isLong) return <textarea {...shared} rows={4} ref={input as { current: HTMLTextAreaElement | null }} />;
  return (
    <input
      {...shared}
      ref={input as { current: HTMLInputElement | null }}
      type="text"
      inputMode={element.type === "number_input" ? "decimal" : keyboards[element.type]}
      autocomplete="off"
      spellcheck={false}
    />
  );
}

/** A rich_text value is edited as its plain text. */
function textOf(held: unknown): string {
  if (typeof held === "string" || typeof held === "number") return String(held);
  if (typeof held !== "object" || held === null) return "";
  const flatten = (part: RichTextPart): string => part.text ?? (part.elements ?? []).map(flatten).join("");
  return ((held as RichTextPart).elements ?? []).map(flatten).join("\n");
}
