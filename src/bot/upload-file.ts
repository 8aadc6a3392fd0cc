import type { WebClient } from "@slack/web-api";
import type { OutboxFile } from "./outbox.ts";
import { readSlackError } from "./slack-error.ts";

const UPLOAD_TIMEOUT_MS = 8_000;

export interface FilePlace {
  /** A channel, or a person to write to directly. */
  channel: string;
  threadTs: string | undefined;
}

/** Brings the bytes to Slack, which shows them to nobody yet. Returns the file's id. */
export async function uploadBytes(client: WebClient, file: OutboxFile): Promise<string> {
  const bytes = Buffer.from(file.contentBase64, "base64");
  const place = await client.files.getUploadURLExternal({
    filename: file.name,
    length: bytes.byteLength,
    ...(file.altText !== undefined && { alt_txt: file.altText }),
  });
  if (place.upload_url === undefined || place.file_id === undefined)
    throw new Error("Slack names no place for an upload");
  const response = await fetch(place.upload_url, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: bytes,
    redirect: "error",
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the upload is answered with ${response.status}`);
  return place.file_id;
}

/**
 * Shows an uploaded file in its place, unless an earlier attempt did: Slack shares a moment after it said ok, and sometimes not
 * at all. "shared": it stands there. "unseen": asked for, look again later.
 */
export async function shareFile(
  client: WebClient,
  file: OutboxFile & { uploadedId: string },
  place: FilePlace,
  text: string,
): Promise<"shared" | "unseen"> {
  const channel = await channelOf(client, place.channel);
  if (await isShared(client, file.uploadedId, channel)) return "shared";
  const comment = text === "" ? {} : { initial_comment: text };
  const files: [{ id: string; title: string }] = [{ id: file.uploadedId, title: file.title }];
  try {
    await (place.threadTs === undefined
      ? client.files.completeUploadExternal({ files, channel_id: channel, ...comment })
      : client.files.completeUploadExternal({
          files,
          channel_id: channel,
          thread_ts: place.threadTs,
          ...comment,
        }));
  } catch (error) {
    // An earlier attempt whose answer was lost has completed it: it is about to be shared.
    const failure = readSlackError(error);
    if (failure.kind !== "refused" || failure.error !== "file_not_found") throw error;
  }
  return (await isShared(client, file.uploadedId, channel)) ? "shared" : "unseen";
}

async function isShared(client: WebClient, id: string, channel: string): Promise<boolean> {
  const { file } = await client.files.info({ file: id });
  const { public: open = {}, private: closed = {} } = (file?.shares ?? {}) as Record<
    string,
    Record<string, unknown> | undefined
  >;
  const { channels = [], groups = [], ims = [] } = file ?? {};
  return channel in open || channel in closed || [...channels, ...groups, ...ims].includes(channel);
}

async function channelOf(client: WebClient, channel: string): Promise<string> {
  if (!/^[UW]/.test(channel)) return channel;
  const opened = await client.conversations.open({ users: channel });
  if (opened.channel?.id === undefined) throw new Error("Slack opens no direct message");
  return opened.channel.id;
}
