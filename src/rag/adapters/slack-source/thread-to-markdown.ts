import type { SlackMessage } from "./slack-reads.ts";

const MAX_TITLE_CHARACTERS = 120;
const SAID_BY_PEOPLE = new Set([undefined, "file_share", "thread_broadcast", "me_message"]);

/** Nothing of apps, of Slack itself (somebody joined), and nothing that was said to us. */
export function isSaidByPeople(
  { bot_id: botId, subtype, user, text }: SlackMessage,
  botUserId: string,
): boolean {
  return (
    botId === undefined &&
    user !== undefined &&
    user !== botUserId &&
    SAID_BY_PEOPLE.has(subtype) &&
    text.trim() !== "" &&
    !text.includes(`<@${botUserId}>`)
  );
}

/** Everybody who is named in a thread: who wrote, and who was mentioned. */
export function peopleIn(messages: readonly SlackMessage[]): ReadonlySet<string> {
  return new Set(
    messages.flatMap(({ user, text }) => [
      ...(user === undefined ? [] : [user]),
      ...[...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map((match) => match[1] ?? ""),
    ]),
  );
}

/** A thread as a page: the beginning of its first message is the title. */
export function threadToMarkdown(
  messages: readonly SlackMessage[],
  nameOf: (user: string) => string,
): string | undefined {
  const [first] = messages;
  if (first === undefined) return undefined;
  const parts = messages.map(({ user = "", text }) => {
    const body = messageText(text, nameOf);
    return `${plainName(nameOf(user))}:${body.startsWith("```") ? "\n\n" : " "}${body}`;
  });
  return `# ${titleOf(messageText(first.text, nameOf))}\n\n${parts.join("\n\n")}\n`;
}

function titleOf(text: string): string {
  const line = text.split("\n").find((one) => /[\p{L}\p{N}]/u.test(one)) ?? text;
  const words = line.replace(/^[\s\\#>*|`-]+/, "").trim();
  return words.length <= MAX_TITLE_CHARACTERS
    ? words
    : `${words.slice(0, MAX_TITLE_CHARACTERS).replace(/\s+\S*$/, "")} …`;
}

/** Slack's own markup as Markdown: https://docs.slack.dev/messaging/formatting-message-text */
function messageText(text: string, nameOf: (user: string) => string): string {
  const parts = text.split("```");
  // Without its end it is three signs.
  const isOdd = parts.length % 2 === 0;
  return parts
    .map((part, index) => {
      const isCode = index % 2 === 1 && !(isOdd && index === parts.length - 1);
      const plain = unescape(
        part.replace(/<([^<>]*)>/g, (_whole, inside: string) => reference(inside, nameOf)),
      );
      if (!isCode) return plain.trim().replace(/^(\s*)([#>|]|~{3}|---|===)/gm, "$1\\$2");
      const code = plain.replace(/^\n+/, "").trimEnd();
      return code === "" ? "" : `\`\`\`\n${code}\n\`\`\``;
    })
    .filter((part) => part !== "")
    .join("\n\n");
}

/** What stands between < and >: people, channels, groups, links. */
function reference(inside: string, nameOf: (user: string) => string): string {
  const [target = "", label] = inside.split("|");
  if (/^@[UW]/.test(target)) return `@${plainName(nameOf(target.slice(1)))}`;
  if (target.startsWith("#")) return `#${label ?? "channel"}`;
  if (target.startsWith("!date")) return label ?? "";
  if (target.startsWith("!subteam")) return label ?? "@group";
  if (target.startsWith("!")) return `@${target.slice(1)}`;
  return label ?? target;
}

const unescape = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").replaceAll("\0", "");
const plainName = (name: string): string => name.replace(/[*_[\]#|<>`\\\n]/g, "").trim() || "somebody";
