import { slackLimits } from "./slack-limits.ts";
import {
  collectProblems,
  isFields,
  type ReportProblem,
  type SlackProblem,
  type UnknownFields,
} from "./problems.ts";
import { checkString } from "./validate-fields.ts";
import { blockTypes, type BlockSurface } from "./block-types.ts";

export type { BlockSurface } from "./block-types.ts";

/**
 * Everything Slack would refuse about a list of blocks; an empty list means it would take them.
 * `pointer` is where the list stands in the request, e.g. "/blocks" or "/view/blocks".
 */
export function validateBlocks(surface: BlockSurface, blocks: unknown, pointer = "/blocks"): SlackProblem[] {
  return collectProblems((report) => checkBlocks(report, surface, blocks, pointer));
}

function checkBlocks(report: ReportProblem, surface: BlockSurface, blocks: unknown, pointer: string): void {
  if (!Array.isArray(blocks)) return report(pointer, "must be an array");
  const max = surface === "message" ? slackLimits.message.blocks : slackLimits.view.blocks;
  if (blocks.length > max) report(pointer, `no more than ${max} items allowed`);
  const blockIds = new Set<string>();
  let tables = 0;
  for (const [index, block] of blocks.entries()) {
    const at = `${pointer}/${index}`;
    if (!isFields(block)) {
      report(at, "must provide an object");
      continue;
    }
    checkBlock(report, surface, block, at);
    checkUniqueBlockId(report, block, at, blockIds);
    checkUniqueActionIds(report, block, at);
    if (block["type"] === "table" && ++tables > slackLimits.message.tables)
      report(at, "only one table block allowed");
  }
}

function checkBlock(
  report: ReportProblem,
  surface: BlockSurface,
  block: UnknownFields,
  pointer: string,
): void {
  const type = block["type"];
  if (typeof type !== "string") return report(pointer, "missing required field: type");
  const known = Object.hasOwn(blockTypes, type) ? blockTypes[type] : undefined;
  if (known === undefined || !known.surfaces.includes(surface))
    return report(`${pointer}/type`, `unsupported type: ${type}`);
  for (const name of Object.keys(block)) {
    if (name !== "type" && name !== "block_id" && !known.fields.includes(name) && block[name] !== undefined) {
      report(pointer, `invalid additional property: ${name}`);
    }
  }
  checkString(report, pointer, block, "block_id", { min: 0, max: slackLimits.identifierCharacters });
  known.check?.(report, pointer, block, surface);
}

function checkUniqueBlockId(
  report: ReportProblem,
  block: UnknownFields,
  pointer: string,
  seen: Set<string>,
): void {
  const id = block["block_id"];
  if (typeof id !== "string" || id === "") return;
  if (seen.has(id)) report(pointer, `\`block_id\` ${id} already exists`);
  seen.add(id);
}

function checkUniqueActionIds(report: ReportProblem, block: UnknownFields, pointer: string): void {
  const elements = block["elements"];
  if (!Array.isArray(elements)) return;
  const seen = new Set<string>();
  for (const [index, element] of elements.entries()) {
    const id = isFields(element) ? element["action_id"] : undefined;
    if (typeof id !== "string" || id === "") continue;
    if (seen.has(id))
      report(
        `${pointer}/elements/${index}/action_id`,
        `\`action_id\` "${id}" already exists for another element`,
      );
    seen.add(id);
  }
}

/** Characters that count towards `slackLimits.message.allBlocksCharacters`: every text that a reader sees. */
export function countBlockCharacters(blocks: unknown): number {
  if (Array.isArray(blocks)) return blocks.reduce<number>((sum, item) => sum + countBlockCharacters(item), 0);
  if (!isFields(blocks)) return 0;
  let sum = 0;
  for (const [name, value] of Object.entries(blocks)) {
    if (typeof value === "string") sum += name === "text" || name === "title" ? value.length : 0;
    else sum += countBlockCharacters(value);
  }
  return sum;
}
