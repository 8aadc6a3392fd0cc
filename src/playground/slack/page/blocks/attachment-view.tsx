import type { ComponentChildren } from "preact";
import type { Block } from "../block-shapes.ts";
import type { Attachment } from "../slack-shapes.ts";
import { Mrkdwn } from "../text/slack-text.tsx";
import { formatDate } from "../text/format-date.ts";
import { safeUrl } from "../text/text-node.ts";
import { SafeLink } from "../text/text-nodes.tsx";
import { useReader } from "../use-reader.ts";

interface AttachmentProps {
  readonly attachment: Attachment;
  readonly drawBlocks: (blocks: readonly Block[]) => ComponentChildren;
}

const named: Readonly<Record<string, string>> = { good: "#2f8a6b", warning: "#d99a1b", danger: "#c4314b" };

/** A secondary attachment beside its coloured bar. */
export function AttachmentView({ attachment, drawBlocks }: AttachmentProps) {
  const reader = useReader();
  const { color = "", fields = [] } = attachment;
  const background =
    named[color] ?? (/^#?[0-9a-f]{3,8}$/i.test(color) ? `#${color.replace("#", "")}` : "var(--line)");
  return (
    <>
      {attachment.pretext !== undefined && (
        <div>
          <Mrkdwn source={attachment.pretext} />
        </div>
      )}
      <div class="attachment">
        <span class="attachment-bar" style={{ background }} />
        <div class="attachment-body">
          {attachment.author_name !== undefined && (
            <div class="hint">
              <MaybeLink url={attachment.author_link}>{attachment.author_name}</MaybeLink>
            </div>
          )}
          {attachment.title !== undefined && (
            <div class="card-title">
              <MaybeLink url={attachment.title_link}>{attachment.title}</MaybeLink>
            </div>
          )}
          {attachment.text !== undefined && (
            <div>
              <Mrkdwn source={attachment.text} />
            </div>
          )}
          {attachment.blocks && drawBlocks(attachment.blocks)}
          {fields.length > 0 && (
            <div class="section-fields">
              {fields.map((field, index) => (
                <div key={index} class={field.short === true ? undefined : "field-long"}>
                  <strong>{field.title}</strong>
                  <div>
                    <Mrkdwn source={field.value ?? ""} />
                  </div>
                </div>
              ))}
            </div>
          )}
          <MaybeImage url={attachment.image_url} />
          <MaybeImage url={attachment.thumb_url} />
          {(attachment.footer !== undefined || attachment.ts !== undefined) && (
            <div class="hint">
              {attachment.footer}{" "}
              {attachment.ts !== undefined &&
                formatDate("{date_short} {time}", Number(attachment.ts), reader)}
            </div>
          )}
        </div>
      </div>
    </>
  );
}

function MaybeLink({ url, children }: { readonly url: string | undefined; readonly children: string }) {
  const safe = url === undefined ? undefined : safeUrl(url);
  return safe === undefined ? <>{children}</> : <SafeLink url={safe}>{children}</SafeLink>;
}

function MaybeImage({ url }: { readonly url: string | undefined }) {
  const safe = url === undefined ? undefined : safeUrl(url);
  return safe === undefined ? null : <img class="image" src={safe} alt="" loading="lazy" />;
}
