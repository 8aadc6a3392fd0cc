import { selectValue, type SelectionNames } from "./element-values.ts";
import { listElements } from "./interactive-elements.ts";
import { PeopleError } from "./people-input.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { isFields, type Fields, type UnknownFields } from "./wire-fields.ts";
import type { StateValues } from "./workspace-types.ts";

/** `{block_id: {action_id: value}}`, or `{block_id: value}` where the block has one element. */
export type EnteredValues = Readonly<Record<string, unknown>>;

export function selectionNames(parts: PlaygroundParts, options?: readonly UnknownFields[]): SelectionNames {
  return {
    user: (idOrName) => parts.workspace.findPerson(idOrName)?.id,
    conversation: (idOrName) => parts.workspace.findChannel(idOrName)?.id,
    ...(options ? { options } : {}),
  };
}

/** The values of a form after somebody entered these. Says which block or value does not fit. */
export function mergeValues(
  parts: PlaygroundParts,
  blocks: readonly unknown[],
  known: StateValues,
  entered: EnteredValues,
): StateValues {
  const elements = listElements(blocks);
  const values: Record<string, Record<string, Fields>> = Object.fromEntries(
    Object.entries(known).map(([blockId, actions]) => [blockId, { ...actions }]),
  );
  for (const [blockId, value] of Object.entries(entered)) {
    const inBlock = elements.filter((element) => element.blockId === blockId);
    if (inBlock.length === 0) {
      const blockIds = [...new Set(elements.map((element) => element.blockId))];
      throw new PeopleError(
        "block_not_found",
        `values: no block "${blockId}"; there are ${blockIds.join(", ") || "none"}`,
      );
    }
    for (const [actionId, own] of byAction(
      value,
      inBlock.map((element) => element.actionId),
    )) {
      const placed = inBlock.find((element) => element.actionId === actionId);
      if (!placed)
        throw new PeopleError(
          "action_not_found",
          `values.${blockId}: no action "${actionId}"; there are ${inBlock.map((element) => element.actionId).join(", ")}`,
        );
      const names = placed.type.endsWith("external_select")
        ? selectionNames(parts, offeredOptions(own))
        : selectionNames(parts);
      const selection = selectValue(placed.element, own, names);
      if (selection.kind === "invalid")
        throw new PeopleError("invalid_value", `values.${blockId}.${actionId}: ${selection.message}`);
      values[blockId] = { ...values[blockId], [actionId]: selection.value };
    }
  }
  return values;
}

function byAction(value: unknown, actionIds: readonly string[]): [string, unknown][] {
  const isByAction =
    isFields(value) &&
    !("type" in value) &&
    Object.keys(value).length > 0 &&
    Object.keys(value).every((key) => actionIds.includes(key));
  if (isByAction) return Object.entries(value);
  const [only] = actionIds;
  return only === undefined ? [] : [[only, value]];
}

/** An external select takes the option object that the app had offered, or a bare word as value and label. */
export function offeredOptions(entered: unknown): UnknownFields[] {
  if (isFields(entered) && ("selected_option" in entered || "selected_options" in entered)) {
    return offeredOptions(entered["selected_option"] ?? entered["selected_options"]);
  }
  const items: unknown[] = Array.isArray(entered) ? entered : [entered];
  return items.flatMap((item): UnknownFields[] => {
    if (isFields(item)) return [item];
    return typeof item === "string" && item !== ""
      ? [{ text: { type: "plain_text", text: item }, value: item }]
      : [];
  });
}
