import { Avatar } from "../chrome/avatar.tsx";
import { doAs } from "../call-page.ts";
import { openThread } from "../navigate.ts";
import { usePage } from "../page-store.ts";
import type { Message } from "../slack-shapes.ts";
import { Emoji } from "../text/text-nodes.tsx";
import { formatDate } from "../text/format-date.ts";
import { useTexts } from "../texts.ts";
import { useReader } from "../use-reader.ts";

/** Reactions, and the way into the thread. */
export function MessageFoot({
  message,
  inThread,
}: {
  readonly message: Message;
  readonly inThread: boolean;
}) {
  return (
    <>
      {message.reactions && <Reactions message={message} reactions={message.reactions} />}
      {!inThread && (message.reply_count ?? 0) > 0 && <Replies message={message} />}
    </>
  );
}

function Reactions({
  message,
  reactions,
}: {
  readonly message: Message;
  readonly reactions: NonNullable<Message["reactions"]>;
}) {
  const me = usePage((state) => state.me?.id ?? "");
  const people = usePage((state) => state.people);
  return (
    <div class="reactions">
      {reactions.map((reaction) => {
        const isMine = reaction.users.includes(me);
        const names = reaction.users.map((id) => people.get(id)?.real_name ?? id).join(", ");
        return (
          <button
            key={reaction.name}
            type="button"
            class="reaction"
            aria-pressed={isMine}
            title={names}
            aria-label={`${reaction.name}: ${names}`}
            onClick={() =>
              void doAs("react", {
                channel: message.channel,
                ts: message.ts,
                name: reaction.name,
                remove: isMine,
              })
            }
          >
            <Emoji name={reaction.name} /> {reaction.count}
          </button>
        );
      })}
    </div>
  );
}

function Replies({ message }: { readonly message: Message }) {
  const texts = useTexts();
  const reader = useReader();
  const people = usePage((state) => state.people);
  const last = message.latest_reply;
  return (
    <button type="button" class="replies" onClick={() => openThread(message.channel, message.ts)}>
      <span class="reply-faces" aria-hidden="true">
        {(message.reply_users ?? []).map((id) => (
          <Avatar key={id} person={people.get(id)} />
        ))}
      </span>
      <span class="replies-count">{texts.replies(message.reply_count ?? 0)}</span>
      {last !== undefined && (
        <span class="hint">
          {texts.lastReply(formatDate("{date_short_pretty} {time}", Number(last), reader))}
        </span>
      )}
    </button>
  );
}
