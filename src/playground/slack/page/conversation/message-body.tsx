import type { Block } from "../block-shapes.ts";
import { AttachmentView } from "../blocks/attachment-view.tsx";
import { BlockList } from "../blocks/block-list.tsx";
import { FileView } from "../blocks/file-view.tsx";
import type { Message } from "../slack-shapes.ts";
import { Mrkdwn } from "../text/slack-text.tsx";
import { usePage } from "../page-store.ts";
import { useTexts } from "../texts.ts";

const noBlocks: readonly Block[] = [];

/** Blocks or text, attachments and files of a message. */
export function MessageBody({ message }: { readonly message: Message }) {
  const texts = useTexts();
  if (message.subtype === "assistant_app_thread") return <AssistantRoot message={message} />;
  const { blocks = noBlocks, attachments = [], files = [] } = message;
  const attached = attachments.flatMap((attachment) => attachment.blocks ?? []);
  const all = attached.length === 0 ? blocks : [...blocks, ...attached];
  const draw = (shown: readonly Block[]) => (
    <BlockList
      kind="message"
      surfaceKey={`${message.channel}/${message.ts}`}
      place={{ channel: message.channel, ts: message.ts }}
      blocks={all}
      shown={shown}
    />
  );
  const isStreaming = message.streaming_state === "in_progress";
  return (
    <div class="message-body">
      {blocks.length > 0
        ? draw(blocks)
        : message.text !== "" && (
            <div class="message-text">
              <Mrkdwn source={message.text} />
            </div>
          )}
      {isStreaming && blocks.length === 0 && message.text === "" && <span class="caret" />}
      {message.streaming_state === "errored" && <div class="broken">{texts.streamBroken}</div>}
      {message.edited && <span class="edited">{texts.edited}</span>}
      {attachments.map((attachment, index) => (
        <AttachmentView key={attachment.id ?? index} attachment={attachment} drawBlocks={draw} />
      ))}
      {files.map((file) => (
        <FileView key={file.id} file={file} />
      ))}
    </div>
  );
}

/** The root of an assistant thread says what the thread is about. */
function AssistantRoot({ message }: { readonly message: Message }) {
  const texts = useTexts();
  const title = usePage((state) => state.sessions.get(`${message.channel}/${message.ts}`)?.title);
  return (
    <div class="assistant-root">
      🧵 <strong>{title || texts.assistantThread}</strong>
    </div>
  );
}
