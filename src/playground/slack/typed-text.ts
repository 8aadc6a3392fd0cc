import type { Workspace } from "./workspace.ts";
import { app } from "./workspace-seed.ts";
import type { Fields } from "./wire-fields.ts";

/** What Slack makes of a person's typing: escaped text with resolved mentions, and its rich_text form. */
export interface TypedText {
  readonly text: string;
  readonly blocks: Fields[];
  /** Ids of the people mentioned, the bot included; not those inside code. */
  readonly mentions: readonly string[];
}

const pieces =
  /```(?<pre>[\s\S]+?)```|`(?<code>[^`\n]+)`|<(?<marked>[@#!][^<>\s]+)>|<?(?<url>https?:\/\/[^\s<>|]+)(?:\|(?<label>[^<>\n]*))?>?|(?<![\w.])@(?<name>[\w.-]+)|(?<![\w&])#(?<channel>[\w-]+)/gu;

/** Reads what was typed into a composer. `@name` and `#channel` are resolved where they exist, and stay text where not. */
export function readTypedText(typed: string, workspace: Workspace): TypedText {
  const text: string[] = [];
  const elements: Fields[] = [];
  const blocks: Fields[] = [];
  const mentions: string[] = [];
  const flush = () => {
    if (elements.length > 0) blocks.push({ type: "rich_text_section", elements: elements.splice(0) });
  };
  const plain = (piece: string, style?: Fields) => {
    if (piece === "") return;
    elements.push(style ? { type: "text", text: piece, style } : { type: "text", text: piece });
  };
  let end = 0;
  for (const match of typed.matchAll(pieces)) {
    const before = typed.slice(end, match.index);
    text.push(escapeText(before));
    plain(before);
    end = match.index + match[0].length;
    const groups = match.groups ?? {};
    if (groups["pre"] !== undefined) {
      text.push(escapeText(match[0]));
      flush();
      blocks.push({
        type: "rich_text_preformatted",
        elements: [{ type: "text", text: groups["pre"].replace(/^\n|\n$/g, "") }],
      });
      continue;
    }
    if (groups["code"] !== undefined) {
      text.push(escapeText(match[0]));
      plain(groups["code"], { code: true });
      continue;
    }
    const entity = readEntity(groups, workspace);
    if (!entity) {
      text.push(escapeText(match[0]));
      plain(match[0]);
      continue;
    }
    text.push(entity.text, escapeText(entity.rest));
    elements.push(entity.element);
    plain(entity.rest);
    if (entity.element["type"] === "user") mentions.push(String(entity.element["user_id"]));
  }
  text.push(escapeText(typed.slice(end)));
  plain(typed.slice(end));
  flush();
  return {
    text: text.join(""),
    blocks: blocks.length === 0 ? [] : [{ type: "rich_text", elements: blocks }],
    mentions: [...new Set(mentions)],
  };
}

interface Entity {
  readonly text: string;
  readonly element: Fields;
  /** What was matched but does not belong to it, e.g. the full stop after a name. */
  readonly rest: string;
}

function readEntity(groups: Record<string, string | undefined>, workspace: Workspace): Entity | undefined {
  if (groups["url"] !== undefined) return readLink(groups["url"], groups["label"]);
  if (groups["marked"] !== undefined) return readMarked(groups["marked"], workspace);
  if (groups["name"] !== undefined) {
    const name = groups["name"].replace(/[.-]+$/, "");
    const rest = groups["name"].slice(name.length);
    const found = readName(name, workspace);
    return found && { ...found, rest };
  }
  const channel = groups["channel"] === undefined ? undefined : workspace.findChannel(groups["channel"]);
  return (
    channel && {
      text: `<#${channel.id}|${channel.name}>`,
      element: { type: "channel", channel_id: channel.id },
      rest: "",
    }
  );
}

function readLink(url: string, label: string | undefined): Entity {
  const clean = label === undefined ? url.replace(/[.,;:!?)\]'"]+$/, "") : url;
  const escaped = escapeText(clean);
  return {
    text: label ? `<${escaped}|${escapeText(label)}>` : `<${escaped}>`,
    element: label ? { type: "link", url: clean, text: label } : { type: "link", url: clean },
    rest: url.slice(clean.length),
  };
}

const broadcasts = ["here", "channel", "everyone"];

function readName(name: string, workspace: Workspace): Omit<Entity, "rest"> | undefined {
  if (broadcasts.includes(name)) return { text: `<!${name}>`, element: { type: "broadcast", range: name } };
  const person = workspace.findPerson(name);
  if (person) return { text: `<@${person.id}>`, element: { type: "user", user_id: person.id } };
  const group = workspace.findGroup(name);
  return group && { text: `<!subteam^${group.id}>`, element: { type: "usergroup", usergroup_id: group.id } };
}

function readMarked(marked: string, workspace: Workspace): Entity | undefined {
  const id = marked.slice(1).split("|")[0] ?? "";
  if (marked.startsWith("@"))
    return workspace.person(id) && { text: `<@${id}>`, element: { type: "user", user_id: id }, rest: "" };
  if (marked.startsWith("#")) {
    const channel = workspace.channel(id);
    return (
      channel && { text: `<#${id}|${channel.name}>`, element: { type: "channel", channel_id: id }, rest: "" }
    );
  }
  const found = readName(id.startsWith("subteam^") ? id.slice("subteam^".length) : id, workspace);
  return found && { ...found, rest: "" };
}

/** Escapes the three characters that Slack's text treats as control characters. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Whether a text mentions the bot. */
export function mentionsBot(mentions: readonly string[]): boolean {
  return mentions.includes(app.botUserId);
}
