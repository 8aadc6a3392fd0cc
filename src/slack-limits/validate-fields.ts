import { slackLimits } from "./slack-limits.ts";
import { isFields, type ReportProblem, type UnknownFields } from "./problems.ts";

interface StringRule {
  readonly required?: boolean;
  /** Shortest allowed length; Slack's default is 1. */
  readonly min?: number;
  readonly max: number;
}

/** Checks one string field of `owner`; an absent optional field is fine. */
export function checkString(
  report: ReportProblem,
  pointer: string,
  owner: UnknownFields,
  name: string,
  rule: StringRule,
): void {
  const value = owner[name];
  if (value === undefined || value === null) {
    if (rule.required) report(pointer, `missing required field: ${name}`);
    return;
  }
  checkLength(report, `${pointer}/${name}`, value, rule);
}

function checkLength(report: ReportProblem, pointer: string, value: unknown, rule: StringRule): void {
  if (typeof value !== "string") return report(pointer, "must provide a string");
  const min = rule.min ?? 1;
  if (value.length < min) report(pointer, `must be more than ${min - 1} characters`);
  if (value.length > rule.max) report(pointer, `must be less than ${rule.max + 1} characters`);
}

export function checkOneOf(
  report: ReportProblem,
  pointer: string,
  owner: UnknownFields,
  name: string,
  allowed: readonly string[],
  required = false,
): void {
  const value = owner[name];
  if (value === undefined) {
    if (required) report(pointer, `missing required field: ${name}`);
    return;
  }
  if (typeof value !== "string" || !allowed.includes(value)) {
    report(`${pointer}/${name}`, `must be one of the allowed values: ${allowed.join(", ")}`);
  }
}

export function checkBoolean(
  report: ReportProblem,
  pointer: string,
  owner: UnknownFields,
  name: string,
  required = false,
): void {
  const value = owner[name];
  if (value === undefined) {
    if (required) report(pointer, `missing required field: ${name}`);
    return;
  }
  if (typeof value !== "boolean") report(`${pointer}/${name}`, "must be a boolean");
}

export function checkInteger(
  report: ReportProblem,
  pointer: string,
  owner: UnknownFields,
  name: string,
  min: number,
  max: number,
): void {
  const value = owner[name];
  if (value === undefined) return;
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    report(`${pointer}/${name}`, `must be an integer from ${min} to ${max}`);
  }
}

/** Returns the array, or undefined when it is absent or wrong (then reported). */
export function checkList(
  report: ReportProblem,
  pointer: string,
  owner: UnknownFields,
  name: string,
  rule: { readonly required?: boolean; readonly min?: number; readonly max: number },
): readonly unknown[] | undefined {
  const value = owner[name];
  if (value === undefined) {
    if (rule.required) report(pointer, `missing required field: ${name}`);
    return undefined;
  }
  if (!Array.isArray(value)) {
    report(`${pointer}/${name}`, "must be an array");
    return undefined;
  }
  const min = rule.min ?? 1;
  if (value.length < min) report(`${pointer}/${name}`, `no fewer than ${min} items allowed`);
  if (value.length > rule.max) report(`${pointer}/${name}`, `no more than ${rule.max} items allowed`);
  return value;
}

/** Reports every field that Slack's schema does not know. */
export function checkKnownFields(
  report: ReportProblem,
  pointer: string,
  owner: UnknownFields,
  known: readonly string[],
): void {
  for (const name of Object.keys(owner)) {
    if (!known.includes(name) && owner[name] !== undefined)
      report(pointer, `invalid additional property: ${name}`);
  }
}

interface TextRule {
  readonly required?: boolean;
  readonly kind: "plain_text" | "mrkdwn" | "any";
  readonly max: number;
}

/** Checks a text object (`{type, text}`) in field `name` of `owner`. */
export function checkText(
  report: ReportProblem,
  pointer: string,
  owner: UnknownFields,
  name: string,
  rule: TextRule,
): void {
  const value = owner[name];
  if (value === undefined || value === null) {
    if (rule.required) report(pointer, `missing required field: ${name}`);
    return;
  }
  checkTextObject(report, `${pointer}/${name}`, value, rule);
}

export function checkTextObject(
  report: ReportProblem,
  pointer: string,
  value: unknown,
  rule: TextRule,
): void {
  if (!isFields(value)) return report(pointer, "must provide an object");
  const kinds = rule.kind === "any" ? ["plain_text", "mrkdwn"] : [rule.kind];
  if (typeof value["type"] !== "string" || !kinds.includes(value["type"])) {
    return report(`${pointer}/type`, `must be one of the allowed values: ${kinds.join(", ")}`);
  }
  checkKnownFields(
    report,
    pointer,
    value,
    value["type"] === "mrkdwn" ? ["type", "text", "verbatim"] : ["type", "text", "emoji"],
  );
  checkString(report, pointer, value, "text", { required: true, max: rule.max });
}

/** Checks a confirmation dialog in field `confirm`. */
export function checkConfirm(report: ReportProblem, pointer: string, owner: UnknownFields): void {
  const value = owner["confirm"];
  if (value === undefined) return;
  const at = `${pointer}/confirm`;
  if (!isFields(value)) return report(at, "must provide an object");
  const { titleCharacters, textCharacters, buttonCharacters } = slackLimits.confirm;
  checkKnownFields(report, at, value, ["title", "text", "confirm", "deny", "style"]);
  checkText(report, at, value, "title", { required: true, kind: "plain_text", max: titleCharacters });
  checkText(report, at, value, "text", { required: true, kind: "any", max: textCharacters });
  checkText(report, at, value, "confirm", { required: true, kind: "plain_text", max: buttonCharacters });
  checkText(report, at, value, "deny", { required: true, kind: "plain_text", max: buttonCharacters });
  checkOneOf(report, at, value, "style", ["primary", "danger"]);
}
