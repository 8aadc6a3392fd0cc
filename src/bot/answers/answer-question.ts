import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import type { AnswerEvent, Question, SearchTrace, SourceRef, TokenUsage } from "../../rag/ports.ts";
import type { Locale, Store } from "../../store/database.ts";
import { keepMessage } from "../keep-message.ts";
import { escapeMrkdwn } from "../escape.ts";
import { createAnswerProgress } from "./answer-progress.ts";
import { createLeadIn, type LiveLookups } from "../live/lead-in.ts";
import type { Proposal } from "./propose-start.ts";
import { createAnswerStream, type AnswerPlace } from "./stream-answer.ts";
import { keepAnswer } from "./keep-answer.ts";
import { earlierInThread } from "./thread-history.ts";
import { textsFor, type Texts } from "../texts/texts.ts";
import { proposalBlocks } from "../views/proposal-blocks.ts";
import { answerFoot, nearestPages, type AnswerFoot } from "../views/answer-card.ts";

/** Streams the answer of a question into its thread and keeps it. A second time for the same id writes what is missing. */
export async function answerQuestion(
  deps: {
    client: WebClient;
    store: Store;
    answer(question: Question): AsyncIterable<AnswerEvent>;
    logger: Logger;
    now(): Date;
  },
  options: {
    answerId: string;
    question: string;
    locale: Locale;
    /** Whose documents may be used, where this answer stands. */
    audiences: readonly string[];
    place: AnswerPlace;
    /** Name of the model to try first. */
    model?: string;
    /** The one that is usual in this channel. */
    usualModel?: string;
    /** What is looked up beside the documents. */
    live?: LiveLookups;
    /** The start that the question asks for. */
    proposal?: Proposal;
    signal: AbortSignal;
  },
): Promise<void> {
  const { client, store, logger, now } = deps;
  const { answerId, question, locale, place, audiences } = options;
  const subject = `answer:${answerId}`;
  const done = await store.selectFrom("answers").select("id").where("id", "=", answerId).executeTakeFirst();
  if (done !== undefined) return;
  const texts = textsFor(locale);
  const startedAtMs = now().getTime();
  await removeUnfinished(deps, subject);
  const progress = createAnswerProgress(deps, { answerId, place, texts });
  const signal = AbortSignal.any([options.signal, progress.stopped]);

  const stream = createAnswerStream({
    client,
    place,
    logger,
    async begun(ts) {
      await keepMessage(store, { ...place, subject, purpose: "answer", ts });
    },
  });
  const leadIn = createLeadIn(options.live, texts);
  let text = "";
  let citations: { number: number; source: SourceRef }[] = [];
  let usage: TokenUsage | undefined;
  let mode = { kind: "no-answer" } as AnswerFoot["mode"];
  const write = async (part: string) => {
    if (text === "") await progress.shown();
    text += part;
    await stream.write(part);
  };
  const writeFromDocuments = async (part: string) =>
    write(text === "" ? `${await leadIn.before()}${part}` : part);
  const history = await earlierInThread(store, place, audiences);
  const { model, usualModel } = options;
  const asked: Question = {
    text: question,
    locale,
    audiences,
    history,
    signal,
    ...(model !== undefined && { model }),
    ...(usualModel !== undefined && { usualModel }),
  };
  let trace: SearchTrace | undefined;
  const show = async (event: AnswerEvent): Promise<void> => {
    switch (event.kind) {
      case "stage":
        if (event.stage === "reading") trace = event.found;
        await progress.show(event);
        break;
      case "text-delta":
        await writeFromDocuments(escapeMrkdwn(event.text));
        break;
      case "restart":
        text = "";
        citations = [];
        stream.restart();
        break;
      case "citation":
        citations.push({ number: event.number, source: event.source });
        break;
      case "answer-end":
        mode = modeOf(event);
        usage = event.mode === "curated" ? undefined : event.usage;
        break;
      case "no-answer": {
        trace = event.found ?? trace;
        const instead = await leadIn.instead(event.reason === "search-unavailable");
        if (instead !== undefined) {
          mode = { kind: "live" };
          await write(instead);
          break;
        }
        await writeFromDocuments(noAnswerText(event.reason, texts));
        citations = event.nearest.map((source, index) => ({ number: index + 1, source }));
        break;
      }
    }
  };
  try {
    const lookedUp = await leadIn.whole();
    if (lookedUp !== undefined) {
      mode = { kind: "live" };
      await write(lookedUp);
    } else for await (const event of deps.answer(asked)) await show(event);
  } catch (error) {
    const by = progress.stoppedBy();
    if (by === undefined || options.signal.aborted) throw error;
    mode = { kind: "stopped", by };
    if (text.trim() === "") await write(texts.answers.stoppedEarly);
  } finally {
    progress.close();
  }
  const tookMs = now().getTime() - startedAtMs;
  const searchedAlso = trace?.searchedAlso ?? [];
  const foot = answerFoot({ answerId, citations, mode, tookMs, searchedAlso }, texts);
  if (mode.kind === "no-answer" && citations.length > 0)
    foot.splice(0, 1, {
      type: "section",
      text: {
        type: "mrkdwn",
        text: nearestPages(
          citations.map(({ source }) => source),
          texts,
        ),
      },
    });
  const { proposal } = options;
  const offer = proposal === undefined ? [] : proposalBlocks(proposal, answerId, texts);
  await stream.end([...offer, ...foot]);
  await keepAnswer(store, {
    id: answerId,
    asker: place.user,
    place: { channel: place.channel, threadTs: place.threadTs },
    question,
    locale,
    text,
    mode,
    citations,
    tookMs,
    trace,
    usage,
    proposal,
  });
  await progress.remove();
}

export function modeOf(event: Extract<AnswerEvent, { kind: "answer-end" }>): AnswerFoot["mode"] {
  switch (event.mode) {
    case "generated":
      return { kind: "generated", model: event.model ?? "" };
    case "extractive":
      return { kind: "extractive" };
    case "curated":
      return { kind: "curated", by: event.by };
  }
  return event satisfies never;
}

export function noAnswerText(
  reason: Extract<AnswerEvent, { kind: "no-answer" }>["reason"],
  texts: Texts,
): string {
  switch (reason) {
    case "nothing-relevant":
      return texts.dontKnow;
    case "model-unavailable":
      return texts.modelAway;
    case "search-unavailable":
      return texts.searchAway;
  }
  return reason satisfies never;
}

/** A process died in the middle of this answer: its half message goes, and so does the one with the Stop button. */
export async function removeUnfinished(
  { client, store, logger }: { client: WebClient; store: Store; logger: Logger },
  subject: string,
): Promise<void> {
  const left = await store.selectFrom("messages").selectAll().where("subject", "=", subject).execute();
  for (const { channel, ts, purpose } of left) {
    if (ts === null) continue;
    if (purpose === "answer")
      await client.chat
        .stopStream({ channel, ts })
        .catch((error: unknown) => logger.debug({ err: error }, "it was no open stream"));
    await client.chat
      .delete({ channel, ts })
      .catch((error: unknown) => logger.info({ err: error }, "half an answer stays"));
  }
  if (left.length > 0) await store.deleteFrom("messages").where("subject", "=", subject).execute();
}
