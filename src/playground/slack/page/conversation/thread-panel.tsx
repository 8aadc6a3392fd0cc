import { useEffect, useMemo } from "preact/hooks";
import { Icon } from "../chrome/icon.tsx";
import { inThread } from "../keep-messages.ts";
import { closeThread } from "../navigate.ts";
import { pageStore, usePage } from "../page-store.ts";
import { useTexts } from "../texts.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import { SessionStatus } from "./session-status.tsx";

/** A thread beside its channel; assistant threads have a title, prompts and a status. */
export function ThreadPanel({ root }: { readonly root: string }) {
  const texts = useTexts();
  const channel = usePage((state) => state.channels.find((item) => item.id === state.channel));
  const kept = usePage((state) => state.messages.get(state.channel));
  const title = usePage((state) => state.sessions.get(`${state.channel}/${root}`)?.title);
  const isLoaded = usePage((state) => state.loaded.has(`${state.channel}/${root}`));
  const messages = useMemo(() => inThread(kept, root), [kept, root]);
  const isAssistant = messages[0]?.subtype === "assistant_app_thread";
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { views, question } = pageStore.get();
      if (event.key === "Escape" && !event.defaultPrevented && views.length === 0 && !question) closeThread();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  if (!channel) return null;
  const label = title || (isAssistant ? texts.assistantThread : texts.thread);
  return (
    <aside class="thread" aria-label={label}>
      <header class="channel-head">
        <h2>{label}</h2>
        <span class="channel-purpose">{channel.is_im ? "Jibsa" : `#${channel.name}`}</span>
        <button
          type="button"
          class="icon-button"
          aria-label={texts.closeThread}
          title={texts.closeThread}
          onClick={closeThread}
        >
          <Icon name="close" />
        </button>
      </header>
      <MessageList key={root} messages={messages} isLoaded={isLoaded} label={label} inThread />
      <SessionStatus channel={channel.id} thread={root} />
      <Composer key={`composer-${root}`} channel={channel} thread={root} placeholder={texts.replyHint} />
    </aside>
  );
}
