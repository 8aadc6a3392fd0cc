import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Block } from "../block-shapes.ts";
import type { ElementValues } from "../slack-shapes.ts";

/** Where blocks stand: elements in them report to this place, with what stands in the fields around them. */
export interface Surface {
  readonly kind: "message" | "modal" | "home";
  /** Key of the entered values. */
  readonly key: string;
  readonly place: { readonly channel: string; readonly ts: string } | { readonly view_id: string };
  readonly blocks: readonly Block[];
  /** The values that the workspace knows. */
  readonly known: ElementValues;
  /** What is wrong, by block. */
  readonly errors: Readonly<Record<string, string>>;
}

const nowhere: Surface = {
  kind: "message",
  key: "",
  place: { view_id: "" },
  blocks: [],
  known: {},
  errors: {},
};

export const SurfaceContext = createContext<Surface>(nowhere);

export function useSurface(): Surface {
  return useContext(SurfaceContext);
}
