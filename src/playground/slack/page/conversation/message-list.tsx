import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { usePage } from "../page-store.ts";
import type { Message } from "../slack-shapes.ts";
import { dayOf, formatDate } from "../text/format-date.ts";
import { useTexts } from "../texts.ts";
import { useReader } from "../use-reader.ts";
import { MessageRow } from "./message-row.tsx";

interface MessageListProps {
  readonly messages: readonly Message[];
  readonly isLoaded: boolean;
  readonly label: string;
  readonly start?: ComponentChildren;
  /** The line "New" stands behind this timestamp. */
  readonly newSince?: string | undefined;
  readonly inThread?: boolean;
}

const groupedWithinS = 300;

/** Messages from old to new. It stays at its end while something is added there, unless the reader scrolled up. */
export function MessageList({
  messages,
  isLoaded,
  label,
  start,
  newSince,
  inThread = false,
}: MessageListProps) {
  const texts = useTexts();
  const reader = useReader();
  const highlighted = usePage((state) => state.highlighted);
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const list = box.current;
    if (!list || !inner.current) return undefined;
    const stay = () => {
      if (isAtEnd.current) list.scrollTop = list.scrollHeight;
    };
    const onScroll = () => {
      isAtEnd.current = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    };
    const observer = new ResizeObserver(stay);
    observer.observe(inner.current);
    observer.observe(list);
    list.addEventListener("scroll", onScroll, { passive: true });
    stay();
    return () => {
      observer.disconnect();
      list.removeEventListener("scroll", onScroll);
    };
  }, []);
  const last = messages.at(-1);
  const isMine = usePage((state) => last !== undefined && state.me?.id === last.user);
  useLayoutEffect(() => {
    // Whoever writes wants to see it, wherever the list stands.
    if (!isMine || !box.current || highlighted === last?.ts) return;
    isAtEnd.current = true;
    box.current.scrollTop = box.current.scrollHeight;
  }, [isMine, last?.ts]);
  useLayoutEffect(() => {
    if (highlighted === undefined || !isLoaded) return;
    const row = box.current?.querySelector(`[data-ts="${highlighted}"]`);
    if (!row) return;
    isAtEnd.current = false;
    row.scrollIntoView({ block: "center" });
  }, [highlighted, isLoaded]);
  let lineDrawn = newSince === undefined;
  return (
    <div class="message-list" ref={box}>
      <div
        ref={inner}
        class="message-list-inner"
        role="log"
        aria-live="polite"
        aria-label={label}
        aria-busy={!isLoaded}
      >
        {start}
        {messages.map((message, index) => {
          const previous = messages[index - 1];
          const day = dayOf(Number(message.ts) * 1_000, reader.tz);
          const startsDay = !inThread && (!previous || dayOf(Number(previous.ts) * 1_000, reader.tz) !== day);
          const showsLine = !lineDrawn && newSince !== undefined && message.ts > newSince;
          if (showsLine) lineDrawn = true;
          return (
            <div key={message.ts}>
              {startsDay && (
                <div class="day-line" role="separator">
                  <span>{formatDate("{date_long_pretty}", Number(message.ts), reader)}</span>
                </div>
              )}
              {showsLine && (
                <div class="new-line" role="separator">
                  <span>{texts.newLine}</span>
                </div>
              )}
              <MessageRow
                message={message}
                inThread={inThread}
                isHighlighted={message.ts === highlighted}
                isGrouped={!startsDay && !showsLine && follows(message, previous)}
              />
              {inThread && index === 0 && messages.length > 1 && (
                <div class="reply-line">
                  <span>{texts.replies(messages.length - 1)}</span>
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Whether a message continues the one above, so that the name need not be repeated. */
function follows(message: Message, previous: Message | undefined): boolean {
  return (
    previous !== undefined &&
    previous.user === message.user &&
    previous.username === message.username &&
    previous.is_ephemeral === message.is_ephemeral &&
    message.subtype === undefined &&
    previous.subtype === undefined &&
    (previous.reply_count ?? 0) === 0 &&
    Number(message.ts) - Number(previous.ts) < groupedWithinS
  );
}
