import type { SearchTrace, SourceRef, TokenUsage } from "../../rag/ports.ts";
import type { Locale, Store } from "../../store/database.ts";
import type { Proposal } from "./propose-start.ts";
import type { AnswerFoot } from "../views/answer-card.ts";

/** A page that an answer cites, as its row keeps it. Answers from before there were readers have no `documentId`. */
export interface KeptSource {
  number: number;
  url: string;
  documentId?: string;
}

/** Channel of an answer that only whoever asked has seen; a thread's history never has it. */
export const PRIVATE_CHANNEL = "private";

/** Keeps an answer for its buttons, its thread's history and the reports; once, however often it is made. */
export async function keepAnswer(
  store: Store,
  answer: {
    id: string;
    asker: string;
    /** Undefined: an answer that only whoever asked has seen. */
    place: { channel: string; threadTs: string } | undefined;
    question: string;
    locale: Locale;
    text: string;
    mode: AnswerFoot["mode"];
    citations: readonly { number: number; source: SourceRef }[];
    tookMs: number;
    trace?: SearchTrace | undefined;
    usage?: TokenUsage | undefined;
    proposal?: Proposal | undefined;
  },
): Promise<void> {
  const { id, asker, place, question, locale, text, mode } = answer;
  await store
    .insertInto("answers")
    .values({
      id,
      asker,
      channel: place?.channel ?? PRIVATE_CHANNEL,
      thread_ts: place?.threadTs ?? null,
      question,
      locale,
      mode: mode.kind,
      text,
      sources: JSON.stringify(
        answer.citations.map(({ number, source }): KeptSource => ({
          number,
          url: source.url,
          documentId: source.documentId,
        })),
      ),
      took_ms: answer.tookMs,
      trace: jsonOrNull(answer.trace),
      model: mode.kind === "generated" ? mode.model : null,
      tokens: jsonOrNull(answer.usage),
      proposal: jsonOrNull(answer.proposal),
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** How a kept answer came about; undefined where its row alone does not say enough. */
export function keptMode({
  mode,
  model,
}: {
  mode: string;
  model: string | null;
}): Extract<AnswerFoot["mode"], { kind: "generated" | "extractive" | "no-answer" }> | undefined {
  if (mode === "generated") return { kind: "generated", model: model ?? "" };
  return mode === "extractive" || mode === "no-answer" ? { kind: mode } : undefined;
}

function jsonOrNull(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
