/**
 * What Slack's own markup says, in plain words: names for people, the words of a link without its address.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
export function plainSlackText(text: string, nameOf: (user: string) => string): string {
  return text
    .replace(/<([^<>]*)>/g, (_whole, inside: string) => reference(inside, nameOf))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** What stands between < and >. Nobody is called: there is no @ before a name. */
function reference(inside: string, nameOf: (user: string) => string): string {
  const [target = "", label] = inside.split("|");
  if (/^@[UW]/.test(target)) return nameOf(target.slice(1)) || "somebody";
  if (target.startsWith("#")) return label === undefined ? "a channel" : `channel ${label}`;
  if (target.startsWith("!date")) return label ?? "";
  if (target.startsWith("!subteam")) return label?.replace(/^@/, "") ?? "a group";
  if (target.startsWith("!")) return "everybody";
  return label ?? target;
}
