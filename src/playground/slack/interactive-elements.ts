import { newId } from "./new-id.ts";
import { isFields, readText, type Fields, type UnknownFields } from "./wire-fields.ts";

/** A button, select or input with the ids under which the app knows it. */
export interface PlacedElement {
  readonly block: UnknownFields;
  readonly blockId: string;
  readonly element: UnknownFields;
  readonly actionId: string;
  readonly type: string;
}

/** Fields of a block in which elements stand, and fields in which further blocks stand. */
const elementFields = ["accessory", "element", "elements", "actions"];
const childBlockFields = ["child_blocks", "elements"];

/** A copy of the blocks in which every block has a block_id and every interactive element an action_id, as Slack fills them in. */
export function fillIds(blocks: readonly unknown[]): Fields[] {
  return blocks.filter(isFields).map(fillBlock);
}

function fillBlock(block: UnknownFields): Fields {
  const filled: Fields = { ...block, block_id: readText(block, "block_id") ?? newId("", 5) };
  for (const name of elementFields) {
    const value = block[name];
    if (Array.isArray(value))
      filled[name] = value.map((item: unknown) => (isFields(item) ? fillItem(item) : item));
    else if (isFields(value)) filled[name] = fillItem(value);
  }
  const children = block["child_blocks"];
  if (Array.isArray(children)) filled["child_blocks"] = fillIds(children);
  return filled;
}

function fillItem(item: UnknownFields): Fields {
  if (item["type"] === "card") return fillBlock(item);
  if (!isInteractive(item)) return { ...item };
  return { ...item, action_id: readText(item, "action_id") ?? newId("", 5) };
}

const interactiveTypes =
  /^(button|workflow_button|icon_button|feedback_buttons|overflow|checkboxes|radio_buttons|.*picker|.*_select|.*_input)$/;

function isInteractive(element: UnknownFields): boolean {
  return typeof element["type"] === "string" && interactiveTypes.test(element["type"]);
}

/** Every interactive element of the blocks, in reading order. The ids must have been filled in. */
export function listElements(blocks: unknown): PlacedElement[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.filter(isFields).flatMap((block: UnknownFields) => [
    ...elementFields
      .flatMap((name) => asList(block[name]))
      .filter(isInteractive)
      .map((element) => place(block, element)),
    ...childBlockFields
      .flatMap((name) => asList(block[name]))
      .filter((item) => !isInteractive(item) && item["block_id"] !== undefined)
      .flatMap((child) => listElements([child])),
  ]);
}

function place(block: UnknownFields, element: UnknownFields): PlacedElement {
  return {
    block,
    blockId: readText(block, "block_id") ?? "",
    element,
    actionId: readText(element, "action_id") ?? "",
    type: String(element["type"]),
  };
}

function asList(value: unknown): UnknownFields[] {
  if (Array.isArray(value)) return value.filter(isFields);
  return isFields(value) ? [value] : [];
}
