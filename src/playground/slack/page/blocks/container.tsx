import type { ComponentChildren } from "preact";
import type { Block, RichTextPart } from "../block-shapes.ts";
import { RichText } from "../text/rich-text.tsx";
import { SlackText } from "../text/slack-text.tsx";
import { SlackImage } from "./slack-image.tsx";

interface ContainerProps {
  readonly block: Block;
  readonly drawBlock: (block: Block, key: string | number) => ComponentChildren;
}

/** A frame around blocks that may be folded. */
export function Container({ block, drawBlock }: ContainerProps) {
  const title = block.rich_text_title ? (
    <RichText elements={(block.rich_text_title.elements ?? []) as readonly RichTextPart[]} />
  ) : (
    <strong>
      <SlackText text={block.title} />
    </strong>
  );
  const head = (
    <div class="card-head">
      {block.icon && <SlackImage image={block.icon} class="card-icon" />}
      <div>
        {title}
        {block.subtitle && (
          <div class="hint">
            <SlackText text={block.subtitle} />
          </div>
        )}
      </div>
    </div>
  );
  const children = (
    <div class="container-body" data-divided={block.has_header_divider}>
      {(block.child_blocks ?? []).map((child, index) => drawBlock(child, child.block_id ?? index))}
    </div>
  );
  if (block.is_collapsible !== true)
    return (
      <div class="block-container">
        {head}
        {children}
      </div>
    );
  return (
    <details class="block-container" open={block.default_collapsed !== true}>
      <summary>{head}</summary>
      {children}
    </details>
  );
}
