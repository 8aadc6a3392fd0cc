import { listOptions } from "../../slack-limits/validate-options.ts";
import { isFields, type Fields, type UnknownFields } from "./wire-fields.ts";

/** How an element type keeps its value: the field, whether it holds several, and what it holds. */
interface ValueShape {
  readonly field: string;
  readonly initial: string;
  readonly several: boolean;
  readonly holds: "text" | "option" | "user" | "conversation" | "seconds" | "rich-text";
}

const one = (field: string, initial: string, holds: ValueShape["holds"]): ValueShape => ({
  field,
  initial,
  several: false,
  holds,
});
const many = (field: string, initial: string, holds: ValueShape["holds"]): ValueShape => ({
  field,
  initial,
  several: true,
  holds,
});

const shapes: Readonly<Record<string, ValueShape | undefined>> = {
  plain_text_input: one("value", "initial_value", "text"),
  email_text_input: one("value", "initial_value", "text"),
  url_text_input: one("value", "initial_value", "text"),
  number_input: one("value", "initial_value", "text"),
  rich_text_input: one("rich_text_value", "initial_value", "rich-text"),
  static_select: one("selected_option", "initial_option", "option"),
  external_select: one("selected_option", "initial_option", "option"),
  radio_buttons: one("selected_option", "initial_option", "option"),
  overflow: one("selected_option", "", "option"),
  multi_static_select: many("selected_options", "initial_options", "option"),
  multi_external_select: many("selected_options", "initial_options", "option"),
  checkboxes: many("selected_options", "initial_options", "option"),
  users_select: one("selected_user", "initial_user", "user"),
  multi_users_select: many("selected_users", "initial_users", "user"),
  conversations_select: one("selected_conversation", "initial_conversation", "conversation"),
  multi_conversations_select: many("selected_conversations", "initial_conversations", "conversation"),
  channels_select: one("selected_channel", "initial_channel", "conversation"),
  multi_channels_select: many("selected_channels", "initial_channels", "conversation"),
  datepicker: one("selected_date", "initial_date", "text"),
  timepicker: one("selected_time", "initial_time", "text"),
  datetimepicker: one("selected_date_time", "initial_date_time", "seconds"),
};

/** Looks up what a person may name in a select; undefined when there is no such thing. */
export interface SelectionNames {
  user(idOrName: string): string | undefined;
  conversation(idOrName: string): string | undefined;
  /** Options of an external select, as the app offered them. */
  readonly options?: readonly UnknownFields[];
}

/** Slack's value object before anybody touched the element; undefined for buttons and menus, which keep no value. */
export function initialValue(element: UnknownFields): Fields | undefined {
  const type = String(element["type"]);
  const shape = shapes[type];
  if (!shape || type === "overflow") return undefined;
  return { type, [shape.field]: element[shape.initial] ?? (shape.several ? [] : null) };
}

export type Selection =
  | { readonly kind: "value"; readonly value: Fields }
  | { readonly kind: "invalid"; readonly message: string };

/**
 * Slack's value object for what somebody entered: plain text, the value or label of an option, a name, a list of them,
 * null for nothing, or Slack's own value object.
 */
export function selectValue(element: UnknownFields, entered: unknown, names: SelectionNames): Selection {
  const type = String(element["type"]);
  const shape = shapes[type];
  if (!shape) return { kind: "invalid", message: `a ${type} takes no value` };
  const own = isFields(entered) && shape.field in entered ? entered[shape.field] : entered;
  if (shape.several) {
    const list = own === null || own === undefined ? [] : Array.isArray(own) ? own : [own];
    const read = list.map((item: unknown) => readOne(element, shape, item, names));
    const wrong = read.find((item) => item.kind === "invalid");
    if (wrong?.kind === "invalid") return wrong;
    return {
      kind: "value",
      value: { type, [shape.field]: read.map((item) => (item.kind === "one" ? item.value : null)) },
    };
  }
  if (own === null || own === undefined || own === "")
    return { kind: "value", value: { type, [shape.field]: null } };
  const read = readOne(element, shape, own, names);
  return read.kind === "invalid" ? read : { kind: "value", value: { type, [shape.field]: read.value } };
}

type One =
  | { readonly kind: "one"; readonly value: unknown }
  | { readonly kind: "invalid"; readonly message: string };

function readOne(element: UnknownFields, shape: ValueShape, entered: unknown, names: SelectionNames): One {
  const invalid = (expected: string): One => ({
    kind: "invalid",
    message: `${JSON.stringify(entered)} is not ${expected}`,
  });
  switch (shape.holds) {
    case "option": {
      const options = names.options ?? listOptions(element);
      const wanted = isFields(entered) ? entered["value"] : entered;
      const option =
        options.find((item) => item["value"] === wanted) ?? options.find((item) => labelOf(item) === wanted);
      return option
        ? { kind: "one", value: option }
        : invalid(`one of ${options.map((item) => String(item["value"])).join(", ")}`);
    }
    case "user": {
      const id = typeof entered === "string" ? names.user(entered) : undefined;
      return id ? { kind: "one", value: id } : invalid("a person of this workspace");
    }
    case "conversation": {
      const id = typeof entered === "string" ? names.conversation(entered) : undefined;
      return id ? { kind: "one", value: id } : invalid("a channel of this workspace");
    }
    case "seconds": {
      const seconds = Number(entered);
      return Number.isInteger(seconds) && seconds >= 0
        ? { kind: "one", value: seconds }
        : invalid("a Unix time in seconds");
    }
    case "rich-text":
      return { kind: "one", value: isFields(entered) ? entered : richText(String(entered)) };
    case "text":
    default:
      return readTextValue(element, entered);
  }
}

function readTextValue(element: UnknownFields, entered: unknown): One {
  if (typeof entered !== "string" && typeof entered !== "number")
    return { kind: "invalid", message: "must be text" };
  const text = String(entered);
  if (element["type"] === "datepicker" && !/^\d{4}-\d{2}-\d{2}$/.test(text))
    return { kind: "invalid", message: `${text} is not a date (YYYY-MM-DD)` };
  if (element["type"] === "timepicker" && !/^([01]\d|2[0-3]):[0-5]\d$/.test(text))
    return { kind: "invalid", message: `${text} is not a time (HH:mm)` };
  return { kind: "one", value: text };
}

function labelOf(option: UnknownFields): unknown {
  return isFields(option["text"]) ? option["text"]["text"] : undefined;
}

function richText(text: string): Fields {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

/** Whether a value object holds nothing. */
export function isEmptyValue(value: UnknownFields): boolean {
  const shape = shapes[String(value["type"])];
  const held = shape ? value[shape.field] : undefined;
  return held === null || held === undefined || held === "" || (Array.isArray(held) && held.length === 0);
}

/** The held value itself, e.g. the text of an input. */
export function heldValue(value: UnknownFields): unknown {
  const shape = shapes[String(value["type"])];
  return shape ? value[shape.field] : undefined;
}
