import { heldValue, isEmptyValue } from "./element-values.ts";
import { listElements, type PlacedElement } from "./interactive-elements.ts";
import { readText, type UnknownFields } from "./wire-fields.ts";
import type { StateValues } from "./workspace-types.ts";

/** What Slack's own client refuses before it submits a form: block id -> what to do. Empty: it would submit. */
export function checkForm(blocks: unknown, values: StateValues): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const placed of listElements(blocks)) {
    if (placed.block["type"] !== "input") continue;
    const value = values[placed.blockId]?.[placed.actionId];
    const error =
      !value || isEmptyValue(value) ? missing(placed) : checkHeld(placed.element, heldValue(value));
    if (error !== undefined) errors[placed.blockId] = error;
  }
  return errors;
}

function missing(placed: PlacedElement): string | undefined {
  return placed.block["optional"] === true ? undefined : "Please complete this required field.";
}

function checkHeld(element: UnknownFields, held: unknown): string | undefined {
  if (typeof held !== "string") return checkCount(element, held);
  const min = Number(element["min_length"] ?? 0);
  const max = Number(element["max_length"] ?? 3_000);
  switch (element["type"]) {
    case "plain_text_input":
      if (held.length < min) return `Please use at least ${min} characters.`;
      return held.length > max ? `Please use at most ${max} characters.` : undefined;
    case "number_input":
      return checkNumber(element, held);
    case "email_text_input":
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(held) ? undefined : "Please enter a valid email address.";
    case "url_text_input":
      return URL.canParse(held) ? undefined : "Please enter a valid URL.";
    default:
      return undefined;
  }
}

function checkNumber(element: UnknownFields, held: string): string | undefined {
  const number = Number(held);
  if (!/^-?\d+(\.\d+)?$/.test(held.trim())) return "Please enter a valid number.";
  if (element["is_decimal_allowed"] !== true && !Number.isInteger(number))
    return "Please enter a whole number.";
  const min = readText(element, "min_value");
  const max = readText(element, "max_value");
  if (min !== undefined && number < Number(min)) return `Please enter a number of at least ${min}.`;
  if (max !== undefined && number > Number(max)) return `Please enter a number of at most ${max}.`;
  return undefined;
}

function checkCount(element: UnknownFields, held: unknown): string | undefined {
  const most = element["max_selected_items"];
  if (!Array.isArray(held) || typeof most !== "number") return undefined;
  return held.length > most ? `Please choose at most ${most}.` : undefined;
}
