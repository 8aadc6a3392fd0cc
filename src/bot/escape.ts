/** Characters that reorder, hide or smuggle text: bidi controls, zero-width characters, tags, other controls. */
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

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
