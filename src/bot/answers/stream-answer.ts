import type { WebClient } from "@slack/web-api";
import type { KnownBlock } from "@slack/types";
import type { Logger } from "pino";
import { shorten } from "../escape.ts";

export interface AnswerPlace {
  channel: string;
  threadTs: string;
  user: string;
  team: string;
}

const APPEND_EVERY_MS = 700;
const APPEND_AT_CHARACTERS = 1_000;
const EDIT_EVERY_MS = 1_500;
const MAX_MARKDOWN = 11_500;

/**
 * Text that appears while it is written: by Slack's own streams where they exist, else by edits of one message at a bounded rate.
 * A stream that breaks is replaced by the whole text at the end: nothing is lost. `begun` is called with the message's time.
 */
export function createAnswerStream(deps: {
  client: WebClient;
  place: AnswerPlace;
  logger: Logger;
  begun(ts: string): Promise<void>;
  nowMs?: () => number;
}) {
  const { client, place, logger } = deps;
  const nowMs = deps.nowMs ?? Date.now;
  let mode: "unopened" | "stream" | "edits" = "unopened";
  let ts: string | undefined;
  let text = "";
  let sentLength = 0;
  let sentAtMs = 0;
  /** What was streamed no longer is the beginning of what has to be shown. */
  let broken = false;

  async function open(): Promise<void> {
    const first = text;
    try {
      const started = await client.chat.startStream({
        channel: place.channel,
        thread_ts: place.threadTs,
        recipient_user_id: place.user,
        recipient_team_id: place.team,
        markdown_text: shorten(first, MAX_MARKDOWN),
      });
      mode = "stream";
      ts = started.ts;
    } catch (error) {
      logger.info({ err: error }, "no stream here: the answer is shown by edits");
      const posted = await client.chat.postMessage({
        channel: place.channel,
        thread_ts: place.threadTs,
        text: shorten(first, 3_900),
        unfurl_links: false,
        unfurl_media: false,
      });
      mode = "edits";
      ts = posted.ts;
    }
    sentLength = first.length;
    sentAtMs = nowMs();
    if (ts !== undefined) await deps.begun(ts);
  }

  async function flush(): Promise<void> {
    if (text.length === sentLength && !broken) return;
    if (mode === "unopened") return open();
    if (ts === undefined) return;
    const part = text.slice(sentLength);
    try {
      if (mode === "stream" && !broken && text.length < MAX_MARKDOWN)
        await client.chat.appendStream({ channel: place.channel, ts, markdown_text: part });
      else if (mode === "edits")
        await client.chat.update({ channel: place.channel, ts, text: shorten(text, 3_900) });
      sentLength = text.length;
    } catch (error) {
      logger.warn({ err: error }, "a part of the answer could not be shown: the end will show it all");
      broken = true;
    }
    sentAtMs = nowMs();
  }

  return {
    async write(delta: string): Promise<void> {
      text += delta;
      const waitedMs = nowMs() - sentAtMs;
      const due =
        mode === "unopened" ||
        waitedMs >= (mode === "edits" ? EDIT_EVERY_MS : APPEND_EVERY_MS) ||
        text.length - sentLength >= APPEND_AT_CHARACTERS;
      if (due) await flush();
    },
    /** Forget what was shown: another text follows. */
    restart(): void {
      text = "";
      sentLength = 0;
      if (mode !== "unopened") broken = true;
    },
    /** Shows the whole text with its foot. Returns the message's time. Throws when Slack takes it in no form. */
    async end(foot: KnownBlock[]): Promise<string | undefined> {
      if (mode === "unopened") await open();
      const whole: KnownBlock[] = [{ type: "markdown", text: shorten(text, MAX_MARKDOWN) }, ...foot];
      if (mode === "stream" && ts !== undefined) {
        const rest = broken ? "" : text.slice(sentLength);
        try {
          await client.chat.stopStream({
            channel: place.channel,
            ts,
            ...(rest !== "" && { markdown_text: rest }),
            ...(broken ? {} : { blocks: foot }),
          });
          if (!broken && text.length < MAX_MARKDOWN) return ts;
        } catch (error) {
          logger.warn({ err: error }, "the stream could not be closed: the whole answer is written instead");
        }
      }
      try {
        if (ts === undefined) throw new Error("no message yet");
        await client.chat.update({ channel: place.channel, ts, text: shorten(text, 3_900), blocks: whole });
        return ts;
      } catch (error) {
        logger.warn({ err: error }, "the answer's message could not be edited: it is posted anew");
        const posted = await client.chat.postMessage({
          channel: place.channel,
          thread_ts: place.threadTs,
          text: shorten(text, 3_900),
          blocks: whole,
          unfurl_links: false,
          unfurl_media: false,
        });
        return posted.ts;
      }
    },
  };
}
