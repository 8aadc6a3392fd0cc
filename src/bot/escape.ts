/** Characters that reorder, hide or smuggle text: controls other than line breaks, formats (bidi, zero width, tags). */
const HIDDEN = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}]/gu;

/** For mrkdwn and message text: nothing in it can mention, link or hide. */
export function escapeMrkdwn(text: string): string {
  return stripHidden(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** For plain_text fields, which Slack does not parse. */
export function stripHidden(text: string): string {
  return text.replace(HIDDEN, "");
}

/** For code style: back-ticks cannot end it. */
export function code(text: string): string {
  return `\`${escapeMrkdwn(text).replaceAll("`", "ˋ").replace(/\s+/g, " ").trim() || " "}\``;
}

/** For a block of code, shortened from the front so that the newest lines stay. */
export function codeBlock(text: string, maxLength = 2_800): string {
  const safe = escapeMrkdwn(text).replaceAll("```", "ˋˋˋ");
  const cut = safe.length > maxLength ? `…${safe.slice(safe.length - maxLength)}` : safe;
  return `\`\`\`\n${cut}\n\`\`\``;
}

/** At most this many characters, with an ellipsis; never half of a surrogate pair. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A time in the reader's own zone: Slack formats it. */
export function slackTime(at: Date, format = "{time}"): string {
  return `<!date^${Math.floor(at.getTime() / 1_000)}^${format}|${at.toISOString().slice(0, 16).replace("T", " ")} UTC>`;
}
