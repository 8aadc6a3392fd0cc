/** Kinds of messages that people write; others tell that somebody joined, or are an app's. */
export const SAID_BY_PEOPLE: ReadonlySet<string | undefined> = new Set([
  undefined,
  "file_share",
  "thread_broadcast",
  "me_message",
]);

/** Ids of those who are mentioned. */
export function mentionedIn(text: string): readonly string[] {
  return [...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map((match) => match[1] ?? "");
}

/** A name without signs that mean something in Markdown or in Slack's markup. */
export function plainName(name: string): string {
  return name.replace(/[*_[\]#|<>`\\\n]/g, "").trim();
}

/** How what is mentioned is written out. */
interface MentionWords {
  person(name: string): string;
  channel(label: string | undefined): string;
  group(label: string | undefined): string;
  /** "here", "channel", "everyone" */
  all(word: string): string;
}

/** As people read it in Slack. */
export const AS_IN_SLACK: MentionWords = {
  person: (name) => `@${name}`,
  channel: (label = "channel") => `#${label}`,
  group: (label = "@group") => label,
  all: (word) => `@${word}`,
};
/** For what is said again: nobody is called. */
export const WITHOUT_CALLS: MentionWords = {
  person: (name) => name,
  channel: (label) => (label === undefined ? "a channel" : `channel ${label}`),
  group: (label) => label?.replace(/^@/, "") ?? "a group",
  all: () => "everybody",
};

/**
 * What Slack's own markup says, in plain words: names for people, the words of a link without its address.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
export function plainSlackText(text: string, nameOf: (user: string) => string, words: MentionWords): string {
  return text
    .replace(/<([^<>]*)>/g, (_whole, inside: string) => reference(inside, nameOf, words))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll("\0", "");
}

/** What stands between < and >: people, channels, groups, links. */
function reference(inside: string, nameOf: (user: string) => string, words: MentionWords): string {
  const [target = "", label] = inside.split("|");
  if (/^@[UW]/.test(target)) return words.person(plainName(nameOf(target.slice(1))) || "somebody");
  if (target.startsWith("#")) return words.channel(label);
  if (target.startsWith("!date")) return label ?? "";
  if (target.startsWith("!subteam")) return words.group(label);
  if (target.startsWith("!")) return words.all(target.slice(1));
  return label ?? target;
}
