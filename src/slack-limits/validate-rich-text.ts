import { isFields, type ReportProblem, type UnknownFields } from "./problems.ts";

const containers: Readonly<Record<string, readonly string[] | undefined>> = {
  rich_text_section: [
    "text",
    "link",
    "emoji",
    "user",
    "usergroup",
    "channel",
    "broadcast",
    "date",
    "color",
    "team",
  ],
  rich_text_preformatted: ["text", "link", "emoji", "user", "usergroup", "channel", "broadcast", "date"],
  rich_text_quote: [
    "text",
    "link",
    "emoji",
    "user",
    "usergroup",
    "channel",
    "broadcast",
    "date",
    "color",
    "team",
  ],
  rich_text_list: ["rich_text_section"],
};

const requiredFields: Readonly<Record<string, string | undefined>> = {
  text: "text",
  link: "url",
  emoji: "name",
  user: "user_id",
  usergroup: "usergroup_id",
  channel: "channel_id",
  broadcast: "range",
  date: "format",
  color: "value",
  team: "team_id",
};

/** Checks a `rich_text` block or a table cell of that type. */
export function checkRichText(report: ReportProblem, pointer: string, block: unknown): void {
  if (!isFields(block) || block["type"] !== "rich_text")
    return report(pointer, "must provide a rich_text object");
  const elements = block["elements"];
  if (!Array.isArray(elements)) return report(pointer, "missing required field: elements");
  for (const [index, element] of elements.entries())
    checkContainer(report, `${pointer}/elements/${index}`, element);
}

function checkContainer(report: ReportProblem, pointer: string, container: unknown): void {
  if (!isFields(container)) return report(pointer, "must provide an object");
  const type = String(container["type"]);
  const allowed = Object.hasOwn(containers, type) ? containers[type] : undefined;
  if (allowed === undefined) return report(`${pointer}/type`, `unsupported type: ${type}`);
  if (type === "rich_text_list" && !["bullet", "ordered"].includes(String(container["style"]))) {
    report(pointer, "missing required field: style");
  }
  const elements = container["elements"];
  if (!Array.isArray(elements)) return report(pointer, "missing required field: elements");
  for (const [index, element] of elements.entries()) {
    const at = `${pointer}/elements/${index}`;
    if (type === "rich_text_list") checkContainer(report, at, element);
    else if (!isFields(element)) report(at, "must provide an object");
    else checkInline(report, at, element, allowed);
  }
}

function checkInline(
  report: ReportProblem,
  pointer: string,
  element: UnknownFields,
  allowed: readonly string[],
): void {
  const type = String(element["type"]);
  if (!allowed.includes(type)) return report(`${pointer}/type`, `unsupported type: ${type}`);
  const required = requiredFields[type];
  if (required === undefined) return;
  const value = element[required];
  if (typeof value !== "string") return report(pointer, `missing required field: ${required}`);
  if (value.length === 0) report(`${pointer}/${required}`, "must be more than 0 characters");
}
