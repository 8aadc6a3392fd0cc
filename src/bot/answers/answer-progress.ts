import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import type { AnswerEvent } from "../../rag/ports.ts";
import type { Store } from "../../store/database.ts";
import type { AnswerPlace } from "./stream-answer.ts";
import type { Texts } from "../texts/texts.ts";
import { keepMessage } from "../keep-message.ts";
import { actions, button, section } from "../views/message.ts";

/** Who pressed Stop is looked up this often: it may have been another process that heard of it. */
const LOOK_EVERY_MS = 400;

/**
 * What a person sees before there is text: the stage beside the composer, where Slack shows it, and while a model writes a
 * message with a Stop button. Only decoration: none of it may break an answer.
 */
export function createAnswerProgress(
  deps: { client: WebClient; store: Store; logger: Logger },
  options: {
    answerId: string;
    place: AnswerPlace;
    texts: Texts;
    /** What is read, where it is no pages. */
    words?: Pick<Texts["answers"], "reading" | "writing">;
  },
) {
  const { client, store, logger } = deps;
  const { answerId, place, texts } = options;
  const words = options.words ?? texts.answers;
  const subject = `answer:${answerId}`;
  const stopping = new AbortController();
  let stoppedBy: string | undefined;
  let looking: NodeJS.Timeout | undefined;
  let posted: { channel: string; ts: string } | undefined;
  let pages = 0;
  /** What is on its way to Slack. It holds up the first words, not the model. */
  let pending: Promise<unknown> = Promise.resolve();

  async function showStatus(status: string): Promise<void> {
    await client.assistant.threads
      .setStatus({ channel_id: place.channel, thread_ts: place.threadTs, status })
      .catch((error: unknown) => logger.debug({ err: error }, "no status here"));
  }

  async function look(): Promise<void> {
    const row = await store
      .selectFrom("open_answers")
      .select("stopped_by")
      .where("id", "=", answerId)
      .executeTakeFirst();
    if (typeof row?.stopped_by !== "string") return;
    stoppedBy = row.stopped_by;
    stopping.abort(new Error("somebody pressed Stop"));
  }

  async function offerStop(): Promise<void> {
    looking = setInterval(
      () => void look().catch((error: unknown) => logger.warn({ err: error }, "Stop is not heard now")),
      LOOK_EVERY_MS,
    ).unref();
    const text = words.writing(pages);
    try {
      await store
        .insertInto("open_answers")
        .values({ id: answerId, asker: place.user, stopped_by: null })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
      const { ts } = await client.chat.postMessage({
        channel: place.channel,
        thread_ts: place.threadTs,
        text,
        blocks: [section(text), actions(button("answer.stop", texts.answers.stop, answerId))],
      });
      if (ts === undefined) return;
      posted = { channel: place.channel, ts };
      await keepMessage(store, { ...place, subject, purpose: "progress", ts });
    } catch (error) {
      logger.info({ err: error }, "an answer is written without a Stop button");
    }
  }

  return {
    /** Aborted when somebody stops the answer. */
    stopped: stopping.signal,
    stoppedBy: () => stoppedBy,
    async show(event: Extract<AnswerEvent, { kind: "stage" }>): Promise<void> {
      switch (event.stage) {
        case "searching":
          return showStatus(texts.searching);
        case "reading":
          pages = new Set(event.found.passages.map(({ source }) => source.documentId)).size;
          return;
        case "writing":
          pending = Promise.all([showStatus(words.reading(pages)), offerStop()]);
          return;
      }
      return event satisfies never;
    },
    /** Something else than pages is read, and a model begins. */
    async writing(read: number): Promise<void> {
      if (posted !== undefined) return;
      pages = read;
      await pending;
      pending = Promise.all([showStatus(words.reading(read)), offerStop()]);
    },
    /** To be waited for before the first words: a stage that is shown after them would stay. */
    shown: async (): Promise<void> => void (await pending),
    /** Nothing is written any more. */
    close(): void {
      clearInterval(looking);
    },
    /** The answer is there: nothing is left to stop. */
    async remove(): Promise<void> {
      await pending;
      await store.deleteFrom("open_answers").where("id", "=", answerId).execute();
      if (posted === undefined) return;
      await client.chat
        .delete(posted)
        .catch((error: unknown) =>
          logger.info({ err: error }, "a Stop button stays; it says so when pressed"),
        );
      await store
        .deleteFrom("messages")
        .where("subject", "=", subject)
        .where("purpose", "=", "progress")
        .execute();
    },
  };
}
