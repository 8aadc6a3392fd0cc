import { randomBytes } from "node:crypto";
import type { Locale } from "../store/database.ts";
import {
  estimateTokens,
  fitSections,
  renderSection,
  type AnswerSection,
  type FittedSections,
} from "./answer-sections.ts";
import type { AnswerDeps } from "./answer-question.ts";
import type { NamedModel } from "./model-order.ts";
import { ANSWER_TOKENS, DEFAULT_CONTEXT_TOKENS, type AnswerEvent, type Question } from "./ports.ts";
import type { Prompts } from "./prompts.ts";
import type { ScoredChunk } from "./rank-chunks.ts";
import { sourceRef } from "./retrieve.ts";
import { writeWithModel } from "./write-with-model.ts";

const MAX_HISTORY_MESSAGES = 6;
const MAX_HISTORY_CHARACTERS = 600;
const MAX_QUESTION_CHARACTERS = 4_000;
/** As prompts name them. */
export const LANGUAGES: Readonly<Record<Locale, string>> = { en: "English", ko: "Korean" };

/** What became of the model's answer. "failed" asks for quotes; what was shown has been taken back by `restart`. */
export async function* generatedAnswer(
  deps: Pick<AnswerDeps, "prompts" | "logger" | "onModelFailure">,
  named: NamedModel,
  question: Question,
  passages: readonly AnswerSection[],
): AsyncGenerator<AnswerEvent, "answered" | "no-answer" | "failed"> {
  const writing = writeWithModel(deps, named, {
    prompt: renderPrompt(deps.prompts, question, passages),
    locale: question.locale,
    numbers: passages.length,
    signal: question.signal,
  });
  try {
    for (;;) {
      const { done, value } = await writing.next();
      if (done === true) {
        if (value.kind !== "written") return value.kind;
        const { usage } = value;
        const model = named.model.name;
        yield { kind: "answer-end", mode: "generated", model, ...(usage !== undefined && { usage }) };
        return "answered";
      }
      if (value.kind === "text") yield { kind: "text-delta", text: value.text };
      else if (value.kind === "restart") yield value;
      else {
        const passage = passages[value.passage];
        if (passage !== undefined)
          yield { kind: "citation", number: value.number, source: sourceRef(passage.chunk) };
      }
    }
  } finally {
    // Left early: the model's request ends with it.
    await writing.return({ kind: "failed" });
  }
}

/** The passages that fit into what the model takes beside the prompt, the question and its answer. */
export async function fitToModel(
  prompts: Prompts,
  { model }: NamedModel,
  question: Question,
  passages: readonly ScoredChunk[],
): Promise<FittedSections> {
  const tokens = (await model.contextTokens?.()) ?? DEFAULT_CONTEXT_TOKENS;
  const { system, user } = renderPrompt(prompts, question, []);
  return fitSections(passages, tokens - ANSWER_TOKENS - estimateTokens(system + user));
}

function renderPrompt(
  prompts: Prompts,
  question: Question,
  passages: readonly AnswerSection[],
): { system: string; user: string } {
  const history = (question.history ?? [])
    .slice(-MAX_HISTORY_MESSAGES)
    .map(
      ({ role, text }) =>
        `${role === "person" ? "Person" : "Assistant"}: ${text.slice(0, MAX_HISTORY_CHARACTERS)}`,
    );
  return prompts.answer.render({
    // No document can write the closing tag, because nobody knows its name beforehand.
    fence: `passages-${randomBytes(6).toString("hex")}`,
    passages: passages.map(renderSection).join("").trimEnd(),
    history: history.length === 0 ? "(none)" : history.join("\n"),
    question: bothEnds(question.text),
    language: LANGUAGES[question.locale],
  });
}

/** What broke stands at the end of a pasted trace, what is asked at one of the two. */
function bothEnds(text: string): string {
  if (text.length <= MAX_QUESTION_CHARACTERS) return text;
  const half = MAX_QUESTION_CHARACTERS / 2;
  return `${text.slice(0, half)}\n…\n${text.slice(-half)}`;
}
