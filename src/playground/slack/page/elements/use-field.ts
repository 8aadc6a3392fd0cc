import { useState } from "preact/hooks";
import type { Block, BlockElement } from "../block-shapes.ts";
import { pageStore, usePage } from "../page-store.ts";
import { pressElement } from "./press-element.ts";
import { useSurface, type Surface } from "./surface.ts";
import { heldIn, initiallyHeld, valueObject } from "./value-fields.ts";

export interface FieldProps {
  readonly block: Block;
  readonly element: BlockElement;
  /** For the eye and for screen readers; empty where only the placeholder says it. */
  readonly label: string;
}

export interface Field {
  /** The plain value: text, id, option, list of these; undefined or empty for nothing. */
  readonly held: unknown;
  readonly id: string;
  readonly error: string | undefined;
  /** Whether the app hears of every choice. */
  readonly dispatches: boolean;
  /** Remembers what was entered. */
  enter(held: unknown): void;
  /** Remembers a choice and tells the app where it wants to hear; asks first where the app wants that. */
  choose(held: unknown): Promise<void>;
}

/** One element's value: what was entered here, else what the workspace knows, else what the app preset. */
export function useField({ block, element }: Pick<FieldProps, "block" | "element">): Field {
  const surface = useSurface();
  const [, redraw] = useState(0);
  const blockId = block.block_id ?? "";
  const actionId = element.action_id ?? "";
  const entered = usePage((state) => state.entered.get(surface.key)?.[blockId]?.[actionId]);
  const known = surface.known[blockId]?.[actionId];
  const value = [entered, known].find((item) => item?.["type"] === element.type);
  const dispatches = block.type !== "input" || block.dispatch_action === true;
  const enter = (held: unknown) => enterValue(surface, blockId, actionId, element.type, held);
  return {
    held: (value ? heldIn(element.type, value) : initiallyHeld(element)) ?? undefined,
    id: `${surface.key}-${blockId}-${actionId}`.replaceAll(/[^\w-]/g, "_"),
    error: surface.errors[blockId],
    dispatches,
    enter,
    choose: async (held) => {
      if (!dispatches) return enter(held);
      await pressElement(surface, block, element, { selected: held ?? null }, () => enter(held));
      // The browser's own controls have changed already; after a refused confirmation they go back.
      redraw((count) => count + 1);
    },
  };
}

function enterValue(surface: Surface, blockId: string, actionId: string, type: string, held: unknown): void {
  const { entered } = pageStore.get();
  const known = entered.get(surface.key) ?? {};
  const values = { ...known, [blockId]: { ...known[blockId], [actionId]: valueObject(type, held) } };
  pageStore.set({ entered: new Map(entered).set(surface.key, values) });
}
