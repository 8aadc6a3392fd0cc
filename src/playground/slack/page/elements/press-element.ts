import type { Block, BlockElement } from "../block-shapes.ts";
import { doAs } from "../call-page.ts";
import { askFirst } from "../chrome/confirm-dialog.tsx";
import { pageStore } from "../page-store.ts";
import type { ElementValues } from "../slack-shapes.ts";
import type { Surface } from "./surface.ts";

interface Choice {
  /** Tells apart buttons that share an action_id. */
  readonly value?: string | undefined;
  readonly selected?: unknown;
}

/** Tells the app about a press or a choice. `onSure` runs once it is certain that the person wants it. False: it was not done. */
export async function pressElement(
  surface: Surface,
  block: Block,
  element: BlockElement,
  choice: Choice,
  onSure: () => void = () => undefined,
): Promise<boolean> {
  if (element.confirm && !(await askFirst(element.confirm))) return false;
  onSure();
  const answer = await doAs("press", {
    ...surface.place,
    block_id: block.block_id,
    action_id: element.action_id,
    ...choice,
    values: enteredIn(surface),
  });
  return answer.ok;
}

/** What was entered, for those elements that are still there. */
export function enteredIn(surface: Surface): ElementValues {
  const entered = pageStore.get().entered.get(surface.key) ?? {};
  const values: Record<string, ElementValues[string]> = {};
  for (const { blockId, actionId, type } of listElements(surface.blocks)) {
    const value = entered[blockId]?.[actionId];
    if (value?.["type"] === type) values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

interface Placed {
  readonly blockId: string;
  readonly actionId: string;
  readonly type: string;
}

function listElements(blocks: readonly Block[]): Placed[] {
  return blocks.flatMap((block) => {
    const several = [...(block.elements ?? []), ...(block.actions ?? [])] as (BlockElement & Block)[];
    const own = [block.accessory, block.element, ...several].filter((element) => element !== undefined);
    return [
      ...own.map((element) => ({
        blockId: block.block_id ?? "",
        actionId: element.action_id ?? "",
        type: element.type,
      })),
      ...listElements(block.child_blocks ?? []),
      ...listElements(several.filter((element) => element.type === "card")),
    ];
  });
}
