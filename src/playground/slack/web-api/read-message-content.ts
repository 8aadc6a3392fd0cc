import { slackLimits } from "../../../slack-limits/slack-limits.ts";
import { validateMessage } from "../../../slack-limits/validate-message.ts";
import { fillIds } from "../interactive-elements.ts";
import { isFields, type Fields } from "../wire-fields.ts";
import type { Message } from "../workspace-types.ts";
import type { MethodArguments } from "./method-arguments.ts";
import { refusal, SlackError } from "./slack-error.ts";

export type MessageContentFields = Pick<Message, "text" | "blocks" | "attachments">;

/** Reads and checks text, blocks, attachments and Markdown of a call, as Slack does. */
export function readMessageContent(
  args: MethodArguments,
  operation: "post" | "update" = "post",
): MessageContentFields {
  return contentOf(
    {
      text: args.text("text"),
      blocks: args.json("blocks", "invalid_blocks_format"),
      attachments: args.json("attachments", "invalid_attachments"),
      markdown_text: args.text("markdown_text"),
    },
    operation,
  );
}

/** The same for a message that came as one object, e.g. in an acknowledgement. */
export function contentOf(
  fields: {
    readonly text?: unknown;
    readonly blocks?: unknown;
    readonly attachments?: unknown;
    readonly markdown_text?: unknown;
  },
  operation: "post" | "update" = "post",
): MessageContentFields {
  const verdict = validateMessage(fields, operation);
  if (verdict.kind === "invalid") throw refusal(verdict.error, verdict.problems);
  if (typeof fields.markdown_text === "string" && fields.markdown_text !== "") {
    return {
      text: fields.markdown_text,
      blocks: fillIds([{ type: "markdown", text: fields.markdown_text }]),
    };
  }
  const text =
    typeof fields.text === "string" ? fields.text.slice(0, slackLimits.message.textCharacters) : "";
  return {
    text,
    ...(Array.isArray(fields.blocks) && fields.blocks.length > 0 ? { blocks: fillIds(fields.blocks) } : {}),
    ...(Array.isArray(fields.attachments) && fields.attachments.length > 0
      ? { attachments: fillAttachments(fields.attachments) }
      : {}),
  };
}

function fillAttachments(attachments: readonly unknown[]): Fields[] {
  return attachments.filter(isFields).map((attachment, index) => ({
    ...attachment,
    id: index + 1,
    fallback: attachment["fallback"] ?? "[no preview available]",
    ...(Array.isArray(attachment["blocks"]) ? { blocks: fillIds(attachment["blocks"]) } : {}),
  }));
}

/** Event metadata of a message, checked as Slack checks it. */
export function readMetadata(args: MethodArguments): { readonly metadata?: Fields } {
  const metadata = args.json("metadata", "invalid_metadata_format");
  if (metadata === undefined) return {};
  if (!isFields(metadata)) throw new SlackError("invalid_metadata_format");
  if (Array.isArray(metadata["entities"]) && metadata["event_type"] === undefined)
    return { metadata: { ...metadata } };
  if (typeof metadata["event_type"] !== "string" || !isFields(metadata["event_payload"]))
    throw new SlackError("invalid_metadata_schema");
  if (Buffer.byteLength(JSON.stringify(metadata)) > slackLimits.message.metadataBytes)
    throw new SlackError("metadata_too_large");
  return { metadata: { ...metadata } };
}

/** Name and icon that the app asked for instead of its own. */
export function readAuthorship(args: MethodArguments): Pick<Message, "username" | "icons"> {
  const username = args.text("username");
  const emoji = args.text("icon_emoji");
  const url = args.text("icon_url");
  return {
    ...(username === undefined ? {} : { username }),
    ...(emoji !== undefined ? { icons: { emoji } } : url !== undefined ? { icons: { image_48: url } } : {}),
  };
}
