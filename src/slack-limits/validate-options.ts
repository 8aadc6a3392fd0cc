import { slackLimits } from "./slack-limits.ts";
import { isFields, type ReportProblem, type UnknownFields } from "./problems.ts";
import { checkKnownFields, checkList, checkString, checkText } from "./validate-fields.ts";

interface OptionRule {
  readonly text: "plain_text" | "any";
  readonly url?: boolean;
}

/** Checks the options of one list; values must be unique within it. */
export function checkOptions(
  report: ReportProblem,
  pointer: string,
  options: readonly unknown[],
  rule: OptionRule,
): void {
  const seen = new Set<string>();
  for (const [index, option] of options.entries()) {
    checkOption(report, `${pointer}/${index}`, option, rule, seen);
  }
}

function checkOption(
  report: ReportProblem,
  pointer: string,
  option: unknown,
  rule: OptionRule,
  seen: Set<string>,
): void {
  if (!isFields(option)) return report(pointer, "must provide an object");
  const limits = slackLimits.option;
  checkKnownFields(report, pointer, option, ["text", "value", "description", ...(rule.url ? ["url"] : [])]);
  checkText(report, pointer, option, "text", { required: true, kind: rule.text, max: limits.textCharacters });
  checkString(report, pointer, option, "value", { required: true, max: limits.valueCharacters });
  checkText(report, pointer, option, "description", { kind: rule.text, max: limits.descriptionCharacters });
  if (rule.url) checkString(report, pointer, option, "url", { max: limits.urlCharacters });
  const value = option["value"];
  if (typeof value !== "string") return;
  if (seen.has(value)) report(`${pointer}/value`, `\`value\` "${value}" already exists for another option`);
  seen.add(value);
}

/** Checks `options` or `option_groups` of a static select. */
export function checkStaticChoices(report: ReportProblem, pointer: string, element: UnknownFields): void {
  const hasOptions = element["options"] !== undefined;
  const hasGroups = element["option_groups"] !== undefined;
  if (hasOptions === hasGroups) return report(pointer, "must define either `options` or `option_groups`");
  const limits = slackLimits.select;
  if (hasOptions) {
    const options = checkList(report, pointer, element, "options", { max: limits.options });
    if (options) checkOptions(report, `${pointer}/options`, options, { text: "plain_text" });
    return;
  }
  const groups = checkList(report, pointer, element, "option_groups", { max: limits.groups }) ?? [];
  for (const [index, group] of groups.entries()) {
    const at = `${pointer}/option_groups/${index}`;
    if (!isFields(group)) {
      report(at, "must provide an object");
      continue;
    }
    checkKnownFields(report, at, group, ["label", "options"]);
    checkText(report, at, group, "label", {
      required: true,
      kind: "plain_text",
      max: limits.groupLabelCharacters,
    });
    const options = checkList(report, at, group, "options", { required: true, max: limits.options });
    if (options) checkOptions(report, `${at}/options`, options, { text: "plain_text" });
  }
}

/** All options of an element, those of its groups included. */
export function listOptions(element: UnknownFields): readonly UnknownFields[] {
  const direct = Array.isArray(element["options"]) ? element["options"] : [];
  const groups = Array.isArray(element["option_groups"]) ? element["option_groups"] : [];
  const grouped = groups.flatMap((group: unknown) =>
    isFields(group) && Array.isArray(group["options"]) ? group["options"] : [],
  );
  return [...direct, ...grouped].filter(isFields);
}

/** Every preselected option must be among the offered ones. */
export function checkInitialOptions(report: ReportProblem, pointer: string, element: UnknownFields): void {
  const values = new Set(listOptions(element).map((option) => option["value"]));
  const initial = element["initial_option"];
  if (initial !== undefined && (!isFields(initial) || !values.has(initial["value"]))) {
    report(`${pointer}/initial_option`, "must be one of the provided options");
  }
  const several = element["initial_options"];
  if (several === undefined) return;
  if (!Array.isArray(several)) return report(`${pointer}/initial_options`, "must be an array");
  if (several.length === 0) return report(`${pointer}/initial_options`, "no fewer than 1 items allowed");
  for (const [index, option] of several.entries()) {
    if (!isFields(option) || !values.has(option["value"])) {
      report(`${pointer}/initial_options/${index}`, "must be one of the provided options");
    }
  }
}
