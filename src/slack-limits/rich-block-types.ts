import { slackLimits } from "./slack-limits.ts";
import { isFields, type ReportProblem, type UnknownFields } from "./problems.ts";
import {
  checkInteger,
  checkKnownFields,
  checkList,
  checkOneOf,
  checkString,
  checkText,
} from "./validate-fields.ts";
import { checkElement, checkImage } from "./validate-elements.ts";
import { checkRichText } from "./validate-rich-text.ts";

export function checkCard(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const limits = slackLimits.card;
  checkText(report, pointer, block, "title", { kind: "mrkdwn", max: limits.titleCharacters });
  checkText(report, pointer, block, "subtitle", { kind: "mrkdwn", max: limits.subtitleCharacters });
  checkText(report, pointer, block, "body", { kind: "mrkdwn", max: limits.bodyCharacters });
  for (const name of ["hero_image", "icon"]) {
    const image = block[name];
    if (isFields(image)) checkImage(report, `${pointer}/${name}`, image);
    else if (image !== undefined) report(`${pointer}/${name}`, "must provide an object");
  }
  const actions = checkList(report, pointer, block, "actions", { max: slackLimits.actions.elements }) ?? [];
  for (const [index, action] of actions.entries())
    checkElement(report, `${pointer}/actions/${index}`, action, ["button"]);
}

export function checkCarousel(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const cards =
    checkList(report, pointer, block, "elements", { required: true, max: slackLimits.carousel.cards }) ?? [];
  for (const [index, card] of cards.entries()) {
    const at = `${pointer}/elements/${index}`;
    if (!isFields(card) || card["type"] !== "card") {
      report(at, "must provide a card");
      continue;
    }
    checkKnownFields(report, at, card, [
      "type",
      "block_id",
      "hero_image",
      "icon",
      "title",
      "subtitle",
      "body",
      "actions",
    ]);
    checkCard(report, at, card);
  }
}

export function checkContainer(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const limits = slackLimits.container;
  checkText(report, pointer, block, "title", { kind: "plain_text", max: limits.titleCharacters });
  checkText(report, pointer, block, "subtitle", { kind: "any", max: limits.subtitleCharacters });
  checkOneOf(report, pointer, block, "width", ["narrow", "standard", "wide", "full"]);
  if (block["rich_text_title"] !== undefined)
    checkRichText(report, `${pointer}/rich_text_title`, block["rich_text_title"]);
}

const taskStates = ["pending", "in_progress", "complete", "error"] as const;

export function checkTaskCard(report: ReportProblem, pointer: string, block: UnknownFields): void {
  checkString(report, pointer, block, "task_id", { required: true, max: slackLimits.identifierCharacters });
  checkString(report, pointer, block, "title", { required: true, max: slackLimits.textObjectCharacters });
  checkOneOf(report, pointer, block, "status", taskStates, true);
  for (const name of ["details", "output"]) {
    if (block[name] !== undefined) checkRichText(report, `${pointer}/${name}`, block[name]);
  }
}

export function checkPlan(report: ReportProblem, pointer: string, block: UnknownFields): void {
  checkString(report, pointer, block, "title", { required: true, max: slackLimits.textObjectCharacters });
  const tasks = checkList(report, pointer, block, "tasks", { min: 0, max: slackLimits.message.blocks }) ?? [];
  for (const [index, task] of tasks.entries()) {
    const at = `${pointer}/tasks/${index}`;
    if (isFields(task)) checkTaskCard(report, at, task);
    else report(at, "must provide an object");
  }
}

interface GridRule {
  readonly rows: number;
  readonly columns: number;
  readonly characters: number;
}

export function checkTable(report: ReportProblem, pointer: string, block: UnknownFields): void {
  checkGrid(report, pointer, block, slackLimits.table);
  checkList(report, pointer, block, "column_settings", { min: 0, max: slackLimits.table.columns });
}

export function checkDataTable(report: ReportProblem, pointer: string, block: UnknownFields): void {
  checkGrid(report, pointer, block, slackLimits.dataTable);
  checkString(report, pointer, block, "caption", { required: true, max: slackLimits.textObjectCharacters });
  checkInteger(report, pointer, block, "page_size", 1, slackLimits.dataTable.pageSize);
  checkInteger(report, pointer, block, "row_header_column_index", 0, slackLimits.dataTable.columns - 1);
}

function checkGrid(report: ReportProblem, pointer: string, block: UnknownFields, rule: GridRule): void {
  const rows = checkList(report, pointer, block, "rows", { required: true, max: rule.rows }) ?? [];
  let characters = 0;
  for (const [rowIndex, row] of rows.entries()) {
    const at = `${pointer}/rows/${rowIndex}`;
    if (!Array.isArray(row)) {
      report(at, "must be an array");
      continue;
    }
    if (row.length === 0) report(at, "no fewer than 1 items allowed");
    if (row.length > rule.columns) report(at, `no more than ${rule.columns} items allowed`);
    for (const [index, cell] of row.entries()) characters += checkCell(report, `${at}/${index}`, cell);
  }
  if (characters > rule.characters)
    report(`${pointer}/rows`, `must be less than ${rule.characters + 1} characters`);
}

function checkCell(report: ReportProblem, pointer: string, cell: unknown): number {
  if (!isFields(cell)) {
    report(pointer, "must provide an object");
    return 0;
  }
  const type = cell["type"];
  if (type === "rich_text") {
    checkRichText(report, pointer, cell);
    return JSON.stringify(cell).length;
  }
  if (type !== "raw_text" && type !== "raw_number") {
    report(`${pointer}/type`, `unsupported type: ${String(type)}`);
    return 0;
  }
  if (type === "raw_number" && typeof cell["value"] !== "number")
    report(pointer, "missing required field: value");
  checkString(report, pointer, cell, "text", { required: true, max: slackLimits.table.characters });
  return typeof cell["text"] === "string" ? cell["text"].length : 0;
}
