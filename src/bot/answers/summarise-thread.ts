import type { KnownBlock } from "@slack/types";
import type { TokenUsage } from "../../rag/ports.ts";
import type { SummaryEvent } from "../../rag/summarise-thread.ts";
import { removeUnfinished } from "./answer-question.ts";
import { createAnswerProgress } from "./answer-progress.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { escapeMrkdwn } from "../escape.ts";
import { keepAnswer } from "./keep-answer.ts";
import { keepMessage } from "../keep-message.ts";
import { readThread, type SaidMessage } from "./read-thread.ts";
import { createAnswerStream } from "./stream-answer.ts";
import { localeOfText, textsFor } from "../texts/texts.ts";
import { quotedThread, summaryFoot, type LinkedMessage, type SummaryMode } from "../views/thread-summary.ts";

/** Summarises the thread in which it is asked for, below it. A second time for the same delivery writes what is missing. */
export async function summariseThread(
  { deps, delivery, person, id, signal }: HandlingContext,
  asked: string,
): Promise<void> {
  const { client, store, logger } = deps;
  const locale = localeOfText(asked, person.locale);
  const texts = textsFor(locale);
  const { channel, threadTs, ts, user } = delivery;
  if (threadTs === undefined || ts === undefined || threadTs === ts)
    return deps.reply.answer(delivery, said(texts.summary.onlyInThread));
  const done = await store.selectFrom("answers").select("id").where("id", "=", id).executeTakeFirst();
  if (done !== undefined) return;
  const startedAtMs = deps.now().getTime();
  const place = { channel, threadTs, user, team: delivery.team ?? deps.teamId };
  const subject = `answer:${id}`;
  await removeUnfinished(deps, subject);
  const thread = await readThread(deps, { channel, threadTs, before: ts });
  if (thread.kind === "refused")
    return deps.reply.answer(delivery, said(texts.summary.unreadable(thread.error)));
  if (thread.messages.length === 0) return deps.reply.answer(delivery, said(texts.summary.nothingSaid));

  const progress = createAnswerProgress(deps, { answerId: id, place, texts, words: texts.summary });
  const stream = createAnswerStream({
    client,
    place,
    logger,
    async begun(shownTs) {
      await keepMessage(store, { ...place, subject, purpose: "answer", ts: shownTs });
    },
  });
  let text = "";
  let cited: { number: number; message: SaidMessage }[] = [];
  let mode: SummaryMode | undefined;
  let usage: TokenUsage | undefined;
  const write = async (part: string): Promise<void> => {
    if (text === "") await progress.shown();
    text += part;
    await stream.write(part);
  };
  const show = async (event: SummaryEvent): Promise<void> => {
    switch (event.kind) {
      case "writing":
        return progress.writing(event.messages);
      case "text-delta":
        return write(escapeMrkdwn(event.text));
      case "restart":
        text = "";
        cited = [];
        return stream.restart();
      case "citation": {
        const message = thread.messages[event.message];
        if (message !== undefined) cited.push({ number: event.number, message });
        return;
      }
      case "written":
        mode = { kind: "generated", model: event.model, read: event.messages };
        usage = event.usage;
        return;
      case "quotes": {
        mode = { kind: "extractive" };
        const quoted = quotedThread(event, thread.messages, texts);
        cited = quoted.cited;
        return write(quoted.text);
      }
    }
    return event satisfies never;
  };
  try {
    const summary = deps.summarise({
      messages: thread.messages.map((message) => ({
        author: message.author || texts.summary.somebody,
        text: message.text,
      })),
      locale,
      usualModel: deps.usualModel(channel),
      signal: AbortSignal.any([signal, progress.stopped]),
    });
    for await (const event of summary) await show(event);
  } catch (error) {
    const by = progress.stoppedBy();
    if (by === undefined || signal.aborted) throw error;
    mode = { kind: "stopped", by };
    if (text.trim() === "") await write(texts.answers.stoppedEarly);
  } finally {
    progress.close();
  }
  if (mode === undefined) throw new Error("a summary ended without an end");
  const links = await Promise.all(cited.map((one) => linked(deps, channel, one)));
  const tookMs = deps.now().getTime() - startedAtMs;
  const foot: KnownBlock[] = summaryFoot(
    { mode, links, messages: thread.messages.length, isWhole: thread.isWhole, tookMs },
    texts,
  );
  await stream.end(foot);
  await keepAnswer(store, {
    id,
    asker: user,
    place,
    question: asked,
    locale,
    text,
    mode,
    // No pages of the index: so a summary never goes along as the history of another answer.
    citations: links.map(({ number, message, url = "" }) => ({
      number,
      source: { documentId: "", title: message.author, headings: [], url },
    })),
    tookMs,
    usage,
  });
  await progress.remove();
}

/** Without a link where Slack gives none: the summary stands all the same. */
async function linked(
  { client, logger }: Pick<HandlingContext["deps"], "client" | "logger">,
  channel: string,
  { number, message }: { number: number; message: SaidMessage },
): Promise<LinkedMessage> {
  const answer = await client.chat
    .getPermalink({ channel, message_ts: message.ts })
    .catch((error: unknown) => {
      logger.info({ err: error }, "Slack tells no link");
      return undefined;
    });
  return { number, message, url: answer?.permalink };
}
