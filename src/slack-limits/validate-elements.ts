import { slackLimits } from "./slack-limits.ts";
import { isFields, type ReportProblem, type UnknownFields } from "./problems.ts";
import {
  checkBoolean,
  checkConfirm,
  checkInteger,
  checkKnownFields,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  checkTextObject,
} from "./validate-fields.ts";
import { checkInitialOptions, checkOptions, checkStaticChoices } from "./validate-options.ts";
import { checkRichText } from "./validate-rich-text.ts";

const withAction = ["type", "action_id"];
const withPicker = [...withAction, "confirm", "focus_on_load", "placeholder"];
const withInput = [...withAction, "placeholder", "focus_on_load", "dispatch_action_config", "initial_value"];

/** The fields of each interactive element; what is not listed Slack refuses as an additional property. */
const elementFields: Readonly<Record<string, readonly string[]>> = {
  button: [...withAction, "text", "value", "url", "style", "confirm", "accessibility_label"],
  workflow_button: [...withAction, "text", "workflow", "style", "confirm", "accessibility_label"],
  icon_button: [
    ...withAction,
    "icon",
    "text",
    "accessibility_label",
    "value",
    "visible_to_user_ids",
    "confirm",
  ],
  feedback_buttons: [...withAction, "positive_button", "negative_button"],
  checkboxes: [...withAction, "options", "initial_options", "confirm", "focus_on_load"],
  radio_buttons: [...withAction, "options", "initial_option", "confirm", "focus_on_load"],
  overflow: [...withAction, "options", "confirm"],
  datepicker: [...withPicker, "initial_date"],
  timepicker: [...withPicker, "initial_time", "timezone"],
  datetimepicker: [...withAction, "confirm", "focus_on_load", "initial_date_time"],
  static_select: [...withPicker, "options", "option_groups", "initial_option"],
  external_select: [...withPicker, "initial_option", "min_query_length"],
  users_select: [...withPicker, "initial_user"],
  conversations_select: [
    ...withPicker,
    "initial_conversation",
    "default_to_current_conversation",
    "response_url_enabled",
    "filter",
  ],
  channels_select: [...withPicker, "initial_channel", "response_url_enabled"],
  multi_static_select: [...withPicker, "options", "option_groups", "initial_options", "max_selected_items"],
  multi_external_select: [...withPicker, "initial_options", "min_query_length", "max_selected_items"],
  multi_users_select: [...withPicker, "initial_users", "max_selected_items"],
  multi_conversations_select: [
    ...withPicker,
    "initial_conversations",
    "default_to_current_conversation",
    "filter",
    "max_selected_items",
  ],
  multi_channels_select: [...withPicker, "initial_channels", "max_selected_items"],
  plain_text_input: [...withInput, "multiline", "min_length", "max_length"],
  email_text_input: withInput,
  url_text_input: withInput,
  number_input: [...withInput, "is_decimal_allowed", "min_value", "max_value"],
  rich_text_input: [...withInput, "min_lines", "max_lines"],
  file_input: [...withAction, "filetypes", "max_files"],
};

const selects = Object.keys(elementFields).filter((type) => type.endsWith("_select"));
const pickers = ["checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker"];

/** Which element types Slack takes in which place. */
export const elementTypes = {
  actions: ["button", "workflow_button", "overflow", "rich_text_input", ...pickers, ...selects],
  accessory: [
    "button",
    "workflow_button",
    "overflow",
    "image",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
    ...selects,
  ],
  input: [
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    ...pickers,
    ...selects,
  ],
  contextActions: ["feedback_buttons", "icon_button"],
} as const satisfies Record<string, readonly string[]>;

/** Checks one block element. `allowed` is one of `elementTypes`. */
export function checkElement(
  report: ReportProblem,
  pointer: string,
  element: unknown,
  allowed: readonly string[],
): void {
  if (!isFields(element)) return report(pointer, "must provide an object");
  const type = element["type"];
  if (typeof type !== "string") return report(pointer, "missing required field: type");
  if (!allowed.includes(type)) return report(`${pointer}/type`, `unsupported type: ${type}`);
  if (type === "image") return checkImage(report, pointer, element);
  checkKnownFields(report, pointer, element, elementFields[type] ?? []);
  checkString(report, pointer, element, "action_id", { max: slackLimits.identifierCharacters });
  checkText(report, pointer, element, "placeholder", {
    kind: "plain_text",
    max: slackLimits.placeholderCharacters,
  });
  checkBoolean(report, pointer, element, "focus_on_load");
  checkConfirm(report, pointer, element);
  if (type.startsWith("multi_"))
    checkInteger(report, pointer, element, "max_selected_items", 1, slackLimits.select.options);
  elementChecks[type]?.(report, pointer, element);
}

type ElementCheck = (report: ReportProblem, pointer: string, element: UnknownFields) => void;

const elementChecks: Readonly<Record<string, ElementCheck>> = {
  button: checkButton,
  workflow_button: checkButton,
  icon_button: (report, pointer, element) => {
    checkString(report, pointer, element, "icon", { required: true, max: slackLimits.identifierCharacters });
    checkButton(report, pointer, element);
  },
  feedback_buttons: (report, pointer, element) => {
    for (const name of ["positive_button", "negative_button"]) {
      const button = element[name];
      if (!isFields(button)) report(pointer, `missing required field: ${name}`);
      else checkButton(report, `${pointer}/${name}`, button);
    }
  },
  overflow: (report, pointer, element) => {
    const options = checkList(report, pointer, element, "options", {
      required: true,
      max: slackLimits.overflow.options,
    });
    if (options) checkOptions(report, `${pointer}/options`, options, { text: "plain_text", url: true });
  },
  checkboxes: checkChoices,
  radio_buttons: checkChoices,
  static_select: checkStaticSelect,
  multi_static_select: checkStaticSelect,
  datepicker: (report, pointer, element) =>
    checkPattern(report, pointer, element, "initial_date", /^\d{4}-\d{2}-\d{2}$/, "YYYY-MM-DD"),
  timepicker: (report, pointer, element) =>
    checkPattern(report, pointer, element, "initial_time", /^([01]\d|2[0-3]):[0-5]\d$/, "HH:mm"),
  datetimepicker: (report, pointer, element) =>
    checkInteger(report, pointer, element, "initial_date_time", 1_000_000_000, 9_999_999_999),
  plain_text_input: (report, pointer, element) => {
    const max = slackLimits.plainTextInput.characters;
    checkInteger(report, pointer, element, "min_length", 0, max);
    checkInteger(report, pointer, element, "max_length", 1, max);
    checkString(report, pointer, element, "initial_value", { min: 0, max });
    checkBoolean(report, pointer, element, "multiline");
  },
  number_input: (report, pointer, element) => {
    checkBoolean(report, pointer, element, "is_decimal_allowed", true);
    for (const name of ["initial_value", "min_value", "max_value"]) {
      checkPattern(report, pointer, element, name, /^-?\d+(\.\d+)?$/, "a number in a string");
    }
  },
  rich_text_input: (report, pointer, element) => {
    if (element["initial_value"] !== undefined)
      checkRichText(report, `${pointer}/initial_value`, element["initial_value"]);
  },
  file_input: (report, pointer, element) =>
    checkInteger(report, pointer, element, "max_files", 1, slackLimits.fileInput.files),
};

function checkButton(report: ReportProblem, pointer: string, element: UnknownFields): void {
  const limits = slackLimits.button;
  checkText(report, pointer, element, "text", {
    required: true,
    kind: "plain_text",
    max: limits.textCharacters,
  });
  checkString(report, pointer, element, "value", { min: 0, max: limits.valueCharacters });
  checkString(report, pointer, element, "url", { max: limits.urlCharacters });
  checkString(report, pointer, element, "accessibility_label", { max: limits.accessibilityLabelCharacters });
  checkOneOf(report, pointer, element, "style", ["primary", "danger"]);
}

function checkChoices(report: ReportProblem, pointer: string, element: UnknownFields): void {
  const options = checkList(report, pointer, element, "options", {
    required: true,
    max: slackLimits.choices.options,
  });
  if (options) checkOptions(report, `${pointer}/options`, options, { text: "any" });
  checkInitialOptions(report, pointer, element);
}

function checkStaticSelect(report: ReportProblem, pointer: string, element: UnknownFields): void {
  checkStaticChoices(report, pointer, element);
  checkInitialOptions(report, pointer, element);
}

function checkPattern(
  report: ReportProblem,
  pointer: string,
  element: UnknownFields,
  name: string,
  pattern: RegExp,
  form: string,
): void {
  const value = element[name];
  if (value === undefined) return;
  if (typeof value !== "string" || !pattern.test(value)) report(`${pointer}/${name}`, `must be ${form}`);
}

/** Checks an image, as block, accessory or context element (`extra`: further fields of the image block). */
export function checkImage(
  report: ReportProblem,
  pointer: string,
  image: UnknownFields,
  extra: readonly string[] = [],
): void {
  const limits = slackLimits.image;
  checkKnownFields(report, pointer, image, ["type", "image_url", "slack_file", "alt_text", ...extra]);
  checkString(report, pointer, image, "alt_text", { required: true, min: 0, max: limits.altCharacters });
  checkString(report, pointer, image, "image_url", { max: limits.urlCharacters });
  if ((image["image_url"] === undefined) === (image["slack_file"] === undefined)) {
    report(pointer, "must define either `image_url` or `slack_file`");
  }
}

/** Checks a text object or image of a context block. */
export function checkContextElement(report: ReportProblem, pointer: string, element: unknown): void {
  if (isFields(element) && element["type"] === "image") return checkImage(report, pointer, element);
  checkTextObject(report, pointer, element, { kind: "any", max: slackLimits.textObjectCharacters });
}
