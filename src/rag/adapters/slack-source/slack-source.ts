import { createHash } from "node:crypto";
import {
  checkSourceName,
  DocumentUnreadableError,
  type DocumentSource,
  type ListedDocument,
  type SkippedDocument,
} from "../../document-source.ts";
import type { IndexedChannel } from "../../indexed-channels.ts";
import type { Readers } from "../../readers.ts";
import type { VendorApiOptions } from "../vendor-api/create-vendor-api.ts";
import { createSlackReads, SlackRefusalError, type SlackMessage } from "./slack-reads.ts";
import { isSaidByPeople, peopleIn, threadToMarkdown } from "./thread-to-markdown.ts";

/** A message that nobody answered is a document from so many characters on: below it is "thanks" and "lunch?". */
const MIN_LONE_CHARACTERS = 80;
const DAY_MS = 86_400_000;

export interface SlackSourceOptions {
  name: string;
  /** Undefined where Slack cannot be asked: nothing is then known of any channel. */
  connection: { botToken: string; apiUrl: string } | undefined;
  /** Those that were switched on. */
  channels(): Promise<readonly IndexedChannel[]>;
  /** Who reads what was said in public channels: its members, as in private ones, or everybody. */
  publicChannels: "members" | "everyone";
  /** Threads that began before are forgotten. */
  days: number;
  maxBytes: number;
  everyMs?: number | undefined;
  minLoneCharacters?: number;
  now?: () => Date;
  sleep?: VendorApiOptions["sleep"];
}

/**
 * Threads of the channels that their members switched on. A thread's path is its channel and the time of its first message. Its mark
 * changes with its first message, its answers, and every change of a message that was told of since.
 */
export function createSlackSource(options: SlackSourceOptions): DocumentSource {
  checkSourceName(options.name);
  const { connection, sleep } = options;
  const slack = connection === undefined ? undefined : createSlackReads({ ...connection, sleep });
  const now = options.now ?? (() => new Date());
  const names = new Map<string, string>();
  let knownSelf: { url: string; userId: string } | undefined;

  const reads = (): NonNullable<typeof slack> => {
    if (slack === undefined) throw new Error("Slack's channels are synced by the running bot");
    return slack;
  };
  const self = async (signal: AbortSignal | undefined) => (knownSelf ??= await reads().self(signal));
  const isWorthReading = (message: SlackMessage, botUserId: string): boolean => {
    if (message.text.includes(`<@${botUserId}>`) || message.user === botUserId) return false;
    if ((message.reply_count ?? 0) > 0) return true;
    const least = options.minLoneCharacters ?? MIN_LONE_CHARACTERS;
    return isSaidByPeople(message, botUserId) && message.text.length >= least;
  };

  async function learnNames(
    messages: readonly SlackMessage[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (const user of peopleIn(messages)) {
      if (names.has(user)) continue;
      const name = await reads()
        .nameOf(user, signal)
        .catch((error: unknown) => {
          // Somebody of another workspace.
          if (error instanceof SlackRefusalError && /^users?_not_(?:found|visible)$/.test(error.code))
            return "";
          throw error;
        });
      names.set(user, name);
    }
  }

  async function listChannel(
    { channel, changes }: IndexedChannel,
    signal: AbortSignal | undefined,
  ): Promise<ListedDocument[]> {
    const { userId } = await self(signal);
    const oldest = `${Math.floor((now().getTime() - options.days * DAY_MS) / 1_000)}.000000`;
    const messages = await reads().history(channel, oldest, signal);
    const isOpen = options.publicChannels === "everyone" && (await reads().isPublic(channel, signal));
    return messages
      .filter((message) => message.thread_ts === undefined || message.thread_ts === message.ts)
      .filter((message) => isWorthReading(message, userId))
      .map((message) => ({
        path: `${channel}/${message.ts}`,
        mark: markOf(message, changes.get(message.ts)),
        readers: isOpen ? "public" : membersOf(channel),
      }));
  }

  return {
    name: options.name,
    ...(options.everyMs === undefined ? {} : { everyMs: options.everyMs }),
    settings: "1",

    async list(signal) {
      const documents: ListedDocument[] = [];
      const skipped: SkippedDocument[] = [];
      // Without Slack nothing is known to be gone.
      await self(signal);
      for (const channel of await options.channels()) {
        signal?.throwIfAborted();
        try {
          documents.push(...(await listChannel(channel, signal)));
        } catch (error) {
          const reason = error instanceof SlackRefusalError ? whyNot(error) : undefined;
          if (reason === undefined) throw error;
          skipped.push({ path: `${channel.channel}/`, reason, readers: membersOf(channel.channel) });
        }
      }
      return { documents, skipped };
    },

    async read(path, signal) {
      const [, channel, ts] = /^([A-Z0-9]+)\/(\d+\.\d+)$/.exec(path) ?? [];
      if (channel === undefined || ts === undefined) throw new DocumentUnreadableError(path, "not-found");
      const { url, userId } = await self(signal);
      const thread = await reads()
        .replies(channel, ts, signal)
        .catch((error: unknown) => {
          const reason = error instanceof SlackRefusalError ? whyNot(error) : undefined;
          throw reason === undefined ? error : new DocumentUnreadableError(path, reason);
        });
      const messages = thread.filter((message) => isSaidByPeople(message, userId));
      await learnNames(messages, signal);
      const text = threadToMarkdown(messages, (user) => names.get(user) ?? "");
      const latest = messages.at(-1);
      if (text === undefined || latest === undefined) throw new DocumentUnreadableError(path, "no-text");
      const bytes = Buffer.from(text, "utf8");
      if (bytes.length > options.maxBytes) throw new DocumentUnreadableError(path, "too-large");
      return {
        path,
        bytes,
        format: "markdown",
        updatedAt: new Date(Number(latest.ts) * 1_000),
        // https://docs.slack.dev/reference/methods/chat.getPermalink, without a request for each.
        url: new URL(`archives/${channel}/p${ts.replace(".", "")}`, url).href,
      };
    },
  };
}

const membersOf = (channel: string): Readers => ({ allOf: [[`channel:${channel}`]] });

/** Undefined: nothing that is about this place. */
function whyNot({ code }: SlackRefusalError): "forbidden" | "not-found" | undefined {
  if (code === "not_in_channel" || code === "access_denied") return "forbidden";
  return ["channel_not_found", "thread_not_found", "message_not_found"].includes(code)
    ? "not-found"
    : undefined;
}

function markOf(message: SlackMessage, change: string | undefined): string {
  const { reply_count: replies, latest_reply: latest, edited, subtype, text } = message;
  return createHash("sha256")
    .update(JSON.stringify([replies ?? 0, latest ?? "", edited?.ts ?? "", subtype ?? "", text, change ?? ""]))
    .digest("hex")
    .slice(0, 32);
}
