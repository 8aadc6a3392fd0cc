import type { BlockElement } from "../block-shapes.ts";
import type { ElementValue } from "../slack-shapes.ts";

interface ValueField {
  readonly field: string;
  readonly initial: string;
  readonly several: boolean;
}

const one = (field: string, initial: string): ValueField => ({ field, initial, several: false });
const many = (field: string, initial: string): ValueField => ({ field, initial, several: true });

/** In which field each element type keeps its value; buttons and menus keep none. */
const fields: Readonly<Record<string, ValueField | undefined>> = {
  plain_text_input: one("value", "initial_value"),
  email_text_input: one("value", "initial_value"),
  url_text_input: one("value", "initial_value"),
  number_input: one("value", "initial_value"),
  rich_text_input: one("rich_text_value", "initial_value"),
  static_select: one("selected_option", "initial_option"),
  external_select: one("selected_option", "initial_option"),
  radio_buttons: one("selected_option", "initial_option"),
  multi_static_select: many("selected_options", "initial_options"),
  multi_external_select: many("selected_options", "initial_options"),
  checkboxes: many("selected_options", "initial_options"),
  users_select: one("selected_user", "initial_user"),
  multi_users_select: many("selected_users", "initial_users"),
  conversations_select: one("selected_conversation", "initial_conversation"),
  multi_conversations_select: many("selected_conversations", "initial_conversations"),
  channels_select: one("selected_channel", "initial_channel"),
  multi_channels_select: many("selected_channels", "initial_channels"),
  datepicker: one("selected_date", "initial_date"),
  timepicker: one("selected_time", "initial_time"),
  datetimepicker: one("selected_date_time", "initial_date_time"),
};

/** What an element holds, taken out of Slack's value object. */
export function heldIn(type: string, value: ElementValue | undefined): unknown {
  const shape = fields[type];
  return shape && value ? value[shape.field] : undefined;
}

/** What an element holds before anybody touched it. */
export function initiallyHeld(element: BlockElement): unknown {
  const shape = fields[element.type];
  if (!shape) return undefined;
  const initial = (element as unknown as Record<string, unknown>)[shape.initial];
  return initial ?? (shape.several ? [] : undefined);
}

/** Slack's value object for what an element holds. */
export function valueObject(type: string, held: unknown): ElementValue {
  const shape = fields[type];
  if (!shape) return { type };
  return { type, [shape.field]: held ?? (shape.several ? [] : null) };
}
