import { slackLimits } from "./slack-limits.ts";
import { isFields, type SlackProblem } from "./problems.ts";
import { countBlockCharacters, validateBlocks } from "./validate-blocks.ts";

/** The content fields of chat.postMessage and its relatives. */
export interface MessageContent {
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly markdown_text?: unknown;
}

/** Slack's answer to a message: its error word, and what it says about each block. */
export type MessageVerdict =
  | { readonly kind: "valid" }
  | { readonly kind: "invalid"; readonly error: MessageError; readonly problems: readonly SlackProblem[] };

export type MessageError =
  | "no_text"
  | "msg_too_long"
  | "msg_blocks_too_long"
  | "invalid_blocks"
  | "invalid_blocks_format"
  | "invalid_attachments"
  | "too_many_attachments"
  | "markdown_text_conflict";

/**
 * Whether Slack would take this message. `operation` matters for the text: "post" cuts text over 40,000 characters,
 * "update" refuses text over 4,000 bytes.
 */
export function validateMessage(
  content: MessageContent,
  operation: "post" | "update" = "post",
): MessageVerdict {
  const { text, blocks, attachments, markdown_text: markdownText } = content;
  if (isPresent(markdownText)) {
    if (isPresent(text) || isPresent(blocks)) return invalid("markdown_text_conflict");
    if (typeof markdownText !== "string") return invalid("no_text");
    return markdownText.length > slackLimits.message.markdownTextCharacters
      ? invalid("msg_too_long")
      : { kind: "valid" };
  }
  if (isPresent(text) && typeof text !== "string") return invalid("no_text");
  if (!isPresent(text) && !isPresent(blocks) && !isPresent(attachments)) return invalid("no_text");
  if (
    operation === "update" &&
    typeof text === "string" &&
    escapedBytes(text) > slackLimits.message.updateTextBytes
  ) {
    return invalid("msg_too_long");
  }
  const verdict = isPresent(blocks) ? judgeBlocks(blocks) : undefined;
  return verdict ?? (isPresent(attachments) ? judgeAttachments(attachments) : undefined) ?? { kind: "valid" };
}

function judgeBlocks(blocks: unknown): MessageVerdict | undefined {
  if (!Array.isArray(blocks) || !blocks.every(isFields)) return invalid("invalid_blocks_format");
  const problems = validateBlocks("message", blocks);
  if (problems.length > 0) return invalid("invalid_blocks", problems);
  return countBlockCharacters(blocks) > slackLimits.message.allBlocksCharacters
    ? invalid("msg_blocks_too_long")
    : undefined;
}

function judgeAttachments(attachments: unknown): MessageVerdict | undefined {
  if (!Array.isArray(attachments) || !attachments.every(isFields)) return invalid("invalid_attachments");
  if (attachments.length > slackLimits.message.attachments) return invalid("too_many_attachments");
  for (const [index, attachment] of attachments.entries()) {
    if (attachment["blocks"] === undefined) continue;
    const problems = validateBlocks("message", attachment["blocks"], `/attachments/${index}/blocks`);
    if (problems.length > 0) return invalid("invalid_attachments", problems);
  }
  return undefined;
}

function isPresent(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)
  );
}

function invalid(error: MessageError, problems: readonly SlackProblem[] = []): MessageVerdict {
  return { kind: "invalid", error, problems };
}

/** Size of a text as Slack stores it: UTF-8, with every bare `&` escaped. */
export function escapedBytes(text: string): number {
  const escaped = text.replaceAll(/&(?!amp;|lt;|gt;)/g, "&amp;");
  return Buffer.byteLength(escaped, "utf8");
}
