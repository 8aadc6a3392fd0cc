import type { ComponentChildren } from "preact";
import { goTo, readAddress } from "../navigate.ts";
import { usePage } from "../page-store.ts";
import { useReader } from "../use-reader.ts";
import { emojiOf } from "./emoji.ts";
import { formatDate } from "./format-date.ts";
import type { TextNode } from "./text-node.ts";

/** Formatted text as elements. Nothing that an app sent ever becomes markup, only the nodes below. */
export function TextNodes({ nodes }: { readonly nodes: readonly TextNode[] }) {
  return (
    <>
      {nodes.map((node, index) => (
        <One key={index} node={node} />
      ))}
    </>
  );
}

function One({ node }: { readonly node: TextNode }) {
  switch (node.kind) {
    case "text":
      return <>{node.text}</>;
    case "break":
      return <br />;
    case "bold":
      return (
        <strong>
          <TextNodes nodes={node.children} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <TextNodes nodes={node.children} />
        </em>
      );
    case "strike":
      return (
        <del>
          <TextNodes nodes={node.children} />
        </del>
      );
    case "underline":
      return (
        <u>
          <TextNodes nodes={node.children} />
        </u>
      );
    case "code":
      return <code>{node.text}</code>;
    case "preformatted":
      return (
        <pre>
          <code>{node.text}</code>
        </pre>
      );
    case "quote":
      return (
        <blockquote>
          <TextNodes nodes={node.children} />
        </blockquote>
      );
    case "link":
      return (
        <SafeLink url={node.url}>
          <TextNodes nodes={node.children} />
        </SafeLink>
      );
    case "user":
      return <UserMention id={node.id} label={node.label} />;
    case "group":
      return <GroupMention id={node.id} label={node.label} />;
    case "channel":
      return <ChannelMention id={node.id} label={node.label} />;
    case "broadcast":
      return <span class="mention mention-me">@{node.range}</span>;
    case "date":
      return <DateText node={node} />;
    case "emoji":
      return <Emoji name={node.name} />;
    case "color":
      return (
        <span class="color-text">
          <span
            class="color-swatch"
            style={{ background: /^#[0-9a-f]{3,8}$/i.test(node.value) ? node.value : "none" }}
          />
          {node.value}
        </span>
      );
  }
  return node satisfies never;
}

/** A link that was checked before; one to this workspace's own messages opens here. */
export function SafeLink({ url, children }: { readonly url: string; readonly children: ComponentChildren }) {
  const own = new URL(url).origin === location.origin ? readAddress(new URL(url)) : undefined;
  if (!own)
    return (
      <a href={url} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    );
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goTo(own);
  };
  return (
    <a href={url} onClick={open}>
      {children}
    </a>
  );
}

export function Emoji({ name }: { readonly name: string }) {
  const picture = emojiOf(name);
  if (picture === undefined) return <>:{name}:</>;
  return (
    <span class="emoji" role="img" aria-label={name} title={`:${name}:`}>
      {picture}
    </span>
  );
}

function UserMention({ id, label }: { readonly id: string; readonly label: string | undefined }) {
  const name = usePage((state) => state.people.get(id)?.name) ?? label ?? id;
  const isMe = usePage((state) => state.me?.id === id);
  return <span class={isMe ? "mention mention-me" : "mention"}>@{name.replace(/^@/, "")}</span>;
}

function GroupMention({ id, label }: { readonly id: string; readonly label: string | undefined }) {
  const group = usePage((state) => state.groups.find((item) => item.id === id));
  const isMine = usePage((state) => state.me !== undefined && group?.users.includes(state.me.id) === true);
  const name = group?.handle ?? label ?? id;
  return (
    <span class={isMine ? "mention mention-me" : "mention"} title={group?.name}>
      @{name.replace(/^@/, "")}
    </span>
  );
}

function ChannelMention({ id, label }: { readonly id: string; readonly label: string | undefined }) {
  const channel = usePage((state) => state.channels.find((item) => item.id === id));
  const name = channel?.name ?? label ?? id;
  if (!channel) return <span class="mention">#{name}</span>;
  return (
    <button type="button" class="mention mention-link" onClick={() => goTo({ channel: id })}>
      #{name}
    </button>
  );
}

function DateText({ node }: { readonly node: TextNode & { readonly kind: "date" } }) {
  const reader = useReader();
  const time = new Date(node.seconds * 1_000);
  if (Number.isNaN(time.getTime())) return <>{node.fallback}</>;
  const shown = (
    <time dateTime={time.toISOString()} title={node.fallback}>
      {formatDate(node.format, node.seconds, reader)}
    </time>
  );
  return node.url === undefined ? shown : <SafeLink url={node.url}>{shown}</SafeLink>;
}
