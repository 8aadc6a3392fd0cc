import { AS_IN_SLACK, mentionedIn, plainName, plainSlackText, SAID_BY_PEOPLE } from "./slack-markup.ts";
import type { SlackMessage } from "./slack-reads.ts";

const MAX_TITLE_CHARACTERS = 120;

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
    messages.flatMap(({ user, text }) => [...(user === undefined ? [] : [user]), ...mentionedIn(text)]),
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
    return `${plainName(nameOf(user)) || "somebody"}:${body.startsWith("```") ? "\n\n" : " "}${body}`;
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
      const plain = plainSlackText(part, nameOf, AS_IN_SLACK);
      if (!isCode) return plain.trim().replace(/^(\s*)([#>|]|~{3}|---|===)/gm, "$1\\$2");
      const code = plain.replace(/^\n+/, "").trimEnd();
      return code === "" ? "" : `\`\`\`\n${code}\n\`\`\``;
    })
    .filter((part) => part !== "")
    .join("\n\n");
}
