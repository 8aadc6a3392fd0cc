import type { Block } from "../block-shapes.ts";
import { SlackText } from "../text/slack-text.tsx";
import { safeUrl } from "../text/text-node.ts";
import { SafeLink } from "../text/text-nodes.tsx";
import { SlackImage } from "./slack-image.tsx";

/** A video is shown by its picture and opened at its own place; the page loads no foreign players. */
export function VideoBlock({ block }: { readonly block: Block }) {
  const url = safeUrl(block.title_url ?? block.video_url ?? "");
  const title = <SlackText text={block.title} />;
  return (
    <figure class="block-image">
      <figcaption>
        {url === undefined ? title : <SafeLink url={url}>{title}</SafeLink>}
        {block.author_name !== undefined && <span class="hint"> {block.author_name}</span>}
      </figcaption>
      {block.description && (
        <div>
          <SlackText text={block.description} />
        </div>
      )}
      <SlackImage
        image={{
          ...(block.thumbnail_url === undefined ? {} : { image_url: block.thumbnail_url }),
          ...(block.alt_text === undefined ? {} : { alt_text: block.alt_text }),
        }}
      />
    </figure>
  );
}
