import type { Block } from "../block-shapes.ts";
import { BlockElementView } from "../elements/block-element.tsx";
import { SlackText } from "../text/slack-text.tsx";
import { SlackImage } from "./slack-image.tsx";

export function Card({ block }: { readonly block: Block }) {
  return (
    <article class="block-card">
      {block.hero_image && <SlackImage image={block.hero_image} class="card-hero" />}
      <div class="card-body">
        <div class="card-head">
          {block.icon && <SlackImage image={block.icon} class="card-icon" />}
          <div>
            {block.title !== undefined && (
              <div class="card-title">
                <SlackText text={block.title} />
              </div>
            )}
            {block.subtitle && (
              <div class="hint">
                <SlackText text={block.subtitle} />
              </div>
            )}
          </div>
        </div>
        {block.body && (
          <div>
            <SlackText text={block.body} />
          </div>
        )}
        {block.actions && block.actions.length > 0 && (
          <div class="block-actions">
            {block.actions.map((element, index) => (
              <BlockElementView key={element.action_id ?? index} block={block} element={element} label="" />
            ))}
          </div>
        )}
      </div>
    </article>
  );
}

export function Carousel({ block }: { readonly block: Block }) {
  const cards = (block.elements ?? []) as readonly Block[];
  return (
    <div class="carousel" role="list">
      {cards.map((card, index) => (
        <div key={card.block_id ?? index} role="listitem">
          <Card block={card} />
        </div>
      ))}
    </div>
  );
}
