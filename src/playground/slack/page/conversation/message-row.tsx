import { Component } from "preact";
import { useState } from "preact/hooks";
import { Guarded } from "../blocks/guarded.tsx";
import { Avatar } from "../chrome/avatar.tsx";
import { isReply } from "../keep-messages.ts";
import { goTo, permalinkOf } from "../navigate.ts";
import { usePage } from "../page-store.ts";
import type { Message } from "../slack-shapes.ts";
import { Emoji } from "../text/text-nodes.tsx";
import { formatDate, timeOf } from "../text/format-date.ts";
import { safeUrl } from "../text/text-node.ts";
import { useTexts } from "../texts.ts";
import { useReader } from "../use-reader.ts";
import { EditMessage } from "./edit-message.tsx";
import { MessageBody } from "./message-body.tsx";
import { MessageFoot } from "./message-foot.tsx";
import { MessageTools } from "./message-tools.tsx";

interface MessageRowProps {
  readonly message: Message;
  readonly inThread: boolean;
  readonly isHighlighted: boolean;
  readonly isGrouped: boolean;
}

/** One message; drawn again only when it changed, so that a growing answer does not redraw the whole channel. */
export class MessageRow extends Component<MessageRowProps> {
  override shouldComponentUpdate(next: MessageRowProps): boolean {
    return (Object.keys(next) as (keyof MessageRowProps)[]).some((name) => next[name] !== this.props[name]);
  }

  override render() {
    return (
      <Guarded of={this.props.message}>
        <Row {...this.props} />
      </Guarded>
    );
  }
}

function Row({ message, inThread, isHighlighted, isGrouped }: MessageRowProps) {
  const texts = useTexts();
  const reader = useReader();
  const person = usePage((state) => state.people.get(message.user));
  const isMention = usePage((state) => state.me !== undefined && message.text.includes(`<@${state.me.id}>`));
  const [isEditing, setEditing] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const name = message.username ?? person?.real_name ?? message.user;
  if (message.subtype === "tombstone")
    return (
      <div class="message tombstone" data-ts={message.ts}>
        {texts.deleted}
      </div>
    );
  const time = (
    <a
      class="message-time"
      href={permalinkOf(message.channel, message.ts, message.thread_ts)}
      title={formatDate("{date_long} {time_secs}", Number(message.ts), reader)}
      onClick={(event) => {
        event.preventDefault();
        goTo({
          channel: message.channel,
          thread: isReply(message) ? message.thread_ts : undefined,
          highlighted: message.ts,
        });
      }}
    >
      {timeOf(message.ts, reader)}
    </a>
  );
  return (
    <article
      class="message"
      data-ts={message.ts}
      data-grouped={isGrouped}
      data-highlighted={isHighlighted}
      data-ephemeral={message.is_ephemeral}
      data-mention={isMention}
      data-streaming={message.streaming_state === "in_progress"}
      data-menu={isMenuOpen}
      aria-label={`${name}, ${timeOf(message.ts, reader)}`}
    >
      <div class="message-side">{isGrouped ? time : <Picture message={message} person={person} />}</div>
      <div class="message-main">
        {message.is_ephemeral === true && <div class="only-you">👁 {texts.onlyYou}</div>}
        {message.subtype === "thread_broadcast" && !inThread && (
          <div class="only-you">↩ {texts.repliedInThread}</div>
        )}
        {!isGrouped && (
          <div class="message-head">
            <span class="message-name">{name}</span>
            {message.bot_id !== undefined && <span class="tag">{texts.app}</span>}
            {person?.is_restricted === true && <span class="tag">{texts.guest}</span>}
            {time}
          </div>
        )}
        {isEditing ? (
          <EditMessage message={message} onDone={() => setEditing(false)} />
        ) : (
          <MessageBody message={message} />
        )}
        <MessageFoot message={message} inThread={inThread} />
      </div>
      {!isEditing && (
        <MessageTools
          message={message}
          inThread={inThread}
          onEdit={() => setEditing(true)}
          onMenu={setMenuOpen}
        />
      )}
    </article>
  );
}

function Picture({
  message,
  person,
}: {
  readonly message: Message;
  readonly person: Parameters<typeof Avatar>[0]["person"];
}) {
  const { emoji, image_48: image } = message.icons ?? {};
  const source = image === undefined ? undefined : safeUrl(image);
  if (source !== undefined) return <img class="avatar" src={source} alt="" />;
  if (emoji !== undefined)
    return (
      <span class="avatar avatar-emoji">
        <Emoji name={emoji.replaceAll(":", "")} />
      </span>
    );
  return <Avatar person={person} />;
}
