import type { PlaygroundParts } from "../playground-parts.ts";
import { appMessage, publishMessage } from "../publish-message.ts";
import { isFields, readText } from "../wire-fields.ts";
import type { StoredFile } from "../file-store.ts";
import { contentOf } from "./read-message-content.ts";
import { invalidArguments, SlackError } from "./slack-error.ts";
import { readChannel, readThread, type MethodFamily } from "./web-method.ts";

/** Largest upload that the playground takes. */
export const largestFileBytes = 32 * 1024 * 1024;

/** Slack shares an uploaded file a moment after it said ok. */
const shareAfterMs = 100;

/** Uploads in Slack's three steps. */
export const fileMethods: MethodFamily = {
  "files.getUploadURLExternal": (args, parts) => {
    const name = args.required("filename");
    const length = Number(args.required("length"));
    if (!Number.isInteger(length) || length < 1)
      throw invalidArguments("must be a positive integer [json-pointer:/length]");
    if (length > largestFileBytes) throw new SlackError("file_uploads_disabled");
    const altText = args.text("alt_txt") ?? args.text("alt_text");
    const snippetType = args.text("snippet_type");
    const file = parts.files.expect(
      {
        name,
        length,
        ...(altText === undefined ? {} : { altText }),
        ...(snippetType === undefined ? {} : { snippetType }),
      },
      parts.clock.now(),
    );
    return { upload_url: parts.files.uploadUrl(file), file_id: file.id };
  },

  "files.completeUploadExternal": (args, parts) => {
    const wanted = args.json("files");
    if (!Array.isArray(wanted) || wanted.length === 0)
      throw invalidArguments("missing required field: files");
    const files = wanted.map((item: unknown) => {
      const id = isFields(item) ? readText(item, "id") : undefined;
      const file = id === undefined ? undefined : parts.files.get(id);
      if (!file || file.state !== "uploaded") throw new SlackError("file_not_found");
      return {
        ...file,
        state: "completed" as const,
        title: (isFields(item) && readText(item, "title")) || file.title,
      };
    });
    const place =
      args.text("channel_id") === undefined ? undefined : readChannel(args, parts, { name: "channel_id" });
    const threadTs = place ? readThread(args, parts, place) : undefined;
    const blocks = args.json("blocks", "invalid_blocks_format");
    const comment = args.text("initial_comment") ?? "";
    const content =
      comment === "" && blocks === undefined ? { text: "" } : contentOf({ text: comment, blocks });
    for (const file of files) parts.files.put(file);
    if (place) {
      parts.clock.schedule(shareAfterMs, () => {
        const fileIds = files.map((file) => file.id);
        share(parts, files, {
          ...appMessage(parts, place.id),
          ...content,
          fileIds,
          ...(threadTs === undefined ? {} : { threadTs }),
        });
      });
    }
    return { files: files.map((file) => ({ id: file.id, title: file.title })) };
  },

  "files.info": (args, parts) => {
    const file = parts.files.render(args.required("file"));
    if (!file) throw new SlackError("file_not_found");
    return { file, comments: [], response_metadata: { next_cursor: "" } };
  },
};

function share(
  parts: PlaygroundParts,
  files: readonly StoredFile[],
  message: Parameters<typeof publishMessage>[1],
): void {
  const place = {
    ts: message.ts,
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
  };
  for (const file of files) {
    const known = parts.files.get(file.id) ?? file;
    parts.files.put({
      ...known,
      shares: { ...known.shares, [message.channel]: [...(known.shares[message.channel] ?? []), place] },
    });
  }
  publishMessage(parts, message);
}
