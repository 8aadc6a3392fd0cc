import type { CuratedAnswer } from "./curated-answers.ts";
import type { AnswerEvent, Question } from "./ports.ts";
import { safeCode, safeProse } from "./safe-text.ts";

/** A curated answer as any other: its text without addresses and mentions, its pages as citations. */
export function* curatedEvents(curated: CuratedAnswer, question: Question): Generator<AnswerEvent> {
  const numbers = curated.pages.map((_, index) => `[${index + 1}]`).join(" ");
  const text = safeParts(curated.answer, question);
  yield { kind: "text-delta", text: numbers === "" ? text : `${text} ${numbers}` };
  for (const [index, { documentId, title, headings, url }] of curated.pages.entries())
    yield { kind: "citation", number: index + 1, source: { documentId, title, headings, url } };
  yield { kind: "answer-end", mode: "curated", by: curated.by };
}

/** Blocks of code stay as they are written. */
function safeParts(text: string, { locale }: Question): string {
  return text
    .split(/(```[^]*?```)/)
    .map((part) => (part.startsWith("```") ? safeCode(part, locale) : safeProse(part, locale)))
    .join("")
    .trim();
}
