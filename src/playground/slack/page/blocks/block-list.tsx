import { useMemo } from "preact/hooks";
import type { Block } from "../block-shapes.ts";
import { SurfaceContext, type Surface } from "../elements/surface.ts";
import type { ElementValues } from "../slack-shapes.ts";
import { BlockView } from "./block-view.tsx";
import { Guarded } from "./guarded.tsx";

interface BlockListProps extends Pick<Surface, "kind" | "place" | "blocks"> {
  readonly surfaceKey: string;
  readonly known?: ElementValues;
  readonly errors?: Readonly<Record<string, string>>;
  /** Show only these; the elements of all `blocks` belong to the surface. */
  readonly shown?: readonly Block[];
}

const none = {};

/** Blocks in their place. */
export function BlockList({
  kind,
  surfaceKey,
  place,
  blocks,
  known = none,
  errors = none,
  shown,
}: BlockListProps) {
  const surface = useMemo(
    (): Surface => ({ kind, key: surfaceKey, place, blocks, known, errors }),
    [kind, surfaceKey, blocks, known, errors],
  );
  return (
    <SurfaceContext.Provider value={surface}>
      <div class="blocks">
        {(shown ?? blocks).map((block, index) => (
          <Guarded key={block.block_id ?? index} of={block}>
            <BlockView block={block} />
          </Guarded>
        ))}
      </div>
    </SurfaceContext.Provider>
  );
}
