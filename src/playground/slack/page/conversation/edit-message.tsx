import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { doAs } from "../call-page.ts";
import { isComposing } from "../is-composing.ts";
import { pageStore } from "../page-store.ts";
import type { Message } from "../slack-shapes.ts";
import { unescapeText } from "../text/text-node.ts";
import { useTexts } from "../texts.ts";

/** Changes the text of one's own message. */
export function EditMessage({ message, onDone }: { readonly message: Message; readonly onDone: () => void }) {
  const texts = useTexts();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => asTyped(message.text));
  useLayoutEffect(() => box.current?.focus(), []);
  const save = async () => {
    const answer = await doAs("edit", { channel: message.channel, ts: message.ts, text });
    if (answer.ok) onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onDone();
    } else if (event.key === "Enter" && !event.shiftKey && !isComposing(event)) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div class="edit-message">
      <textarea
        ref={box}
        class="input"
        rows={2}
        value={text}
        aria-label={texts.edit}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onDone}>
          {texts.cancel}
        </button>
        <button
          type="button"
          class="button"
          data-style="primary"
          disabled={text.trim() === ""}
          onClick={() => void save()}
        >
          {texts.save}
        </button>
      </div>
    </div>
  );
}

/** Slack's text as a person would type it: names instead of ids. */
function asTyped(text: string): string {
  const { people, channels, groups } = pageStore.get();
  const typed = text.replaceAll(
    /<([@#!])([^<>|]+)(?:\|[^<>]*)?>|<([^<>|]+)(?:\|[^<>]*)?>/g,
    (whole, sign?: string, id?: string, url?: string) => {
      if (url !== undefined) return url;
      if (sign === "@") return `@${people.get(id ?? "")?.name ?? id}`;
      if (sign === "#") return `#${channels.find((channel) => channel.id === id)?.name ?? id}`;
      const group = groups.find((item) => `subteam^${item.id}` === id);
      return sign === undefined ? whole : `@${group?.handle ?? id}`;
    },
  );
  return unescapeText(typed);
}
