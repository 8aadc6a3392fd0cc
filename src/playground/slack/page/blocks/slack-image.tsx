import type { ImageObject } from "../block-shapes.ts";
import { safeUrl } from "../text/text-node.ts";

/** A picture by its address, or a file of this workspace. */
export function SlackImage({ image, ...rest }: { readonly image: ImageObject; readonly class?: string }) {
  const source = sourceOf(image);
  if (source === undefined) return <span class="broken">{image.alt_text}</span>;
  return (
    <img
      class={rest.class ?? "image"}
      src={source}
      alt={image.alt_text ?? ""}
      loading="lazy"
      referrerpolicy="no-referrer"
    />
  );
}

function sourceOf(image: ImageObject): string | undefined {
  if (image.image_url !== undefined) return safeUrl(image.image_url);
  const file = image.slack_file;
  const id = file?.id ?? /\/(F\w+)/.exec(file?.url ?? "")?.[1];
  return id === undefined ? undefined : `/_page/files/${encodeURIComponent(id)}`;
}
