import { slackLimits } from "./slack-limits.ts";
import { collectProblems, isFields, type SlackProblem, type UnknownFields } from "./problems.ts";
import { checkBoolean, checkKnownFields, checkString, checkText } from "./validate-fields.ts";
import { validateBlocks } from "./validate-blocks.ts";

const shared = ["type", "blocks", "callback_id", "private_metadata", "external_id"];
const modalOnly = ["title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"];

/**
 * Everything Slack would refuse about a modal or Home view; an empty list means it would take it.
 * `pointer` is where the view stands in the request.
 */
export function validateView(view: unknown, pointer = "/view"): SlackProblem[] {
  if (!isFields(view)) return [{ pointer, message: "must provide an object" }];
  const type = view["type"];
  if (type !== "modal" && type !== "home")
    return [{ pointer: `${pointer}/type`, message: `unsupported type: ${String(type)}` }];
  const problems = collectProblems((report) => {
    const limits = slackLimits.view;
    checkKnownFields(report, pointer, view, type === "modal" ? [...shared, ...modalOnly] : shared);
    checkString(report, pointer, view, "callback_id", { min: 0, max: limits.callbackIdCharacters });
    checkString(report, pointer, view, "private_metadata", { min: 0, max: limits.privateMetadataCharacters });
    checkString(report, pointer, view, "external_id", { min: 0, max: limits.externalIdCharacters });
    if (type === "modal") {
      checkText(report, pointer, view, "title", {
        required: true,
        kind: "plain_text",
        max: limits.titleCharacters,
      });
      checkText(report, pointer, view, "submit", { kind: "plain_text", max: limits.submitCharacters });
      checkText(report, pointer, view, "close", { kind: "plain_text", max: limits.closeCharacters });
      checkBoolean(report, pointer, view, "clear_on_close");
      checkBoolean(report, pointer, view, "notify_on_close");
      if (hasInput(view) && view["submit"] === undefined) report(pointer, "missing required field: submit");
    }
    if (view["blocks"] === undefined) report(pointer, "missing required field: blocks");
    if (countFocused(view["blocks"]) > 1)
      report(`${pointer}/blocks`, "only one element may set `focus_on_load`");
  });
  if (view["blocks"] === undefined) return problems;
  return [...problems, ...validateBlocks(type, view["blocks"], `${pointer}/blocks`)];
}

function hasInput(view: UnknownFields): boolean {
  const blocks = view["blocks"];
  return (
    Array.isArray(blocks) && blocks.some((block: unknown) => isFields(block) && block["type"] === "input")
  );
}

function countFocused(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countFocused(item), 0);
  if (!isFields(value)) return 0;
  return Object.values(value).reduce<number>(
    (sum, item) => sum + countFocused(item),
    value["focus_on_load"] === true ? 1 : 0,
  );
}
