import type { QuestionTerm } from "./question-terms.ts";
import type { ScoredChunk } from "./rank-chunks.ts";

const MAX_OF_A_TERM = 2;
const MAX_SHOWN = 6;

/** The other spellings and translations that led to passages which do not have the words as they were asked. */
export function searchedAlso(
  terms: readonly QuestionTerm[],
  passages: readonly ScoredChunk[],
): readonly string[] {
  const texts = passages.map(({ chunk }) => new Set(chunk.searchText.split(" ")));
  const used = terms.flatMap(({ alternatives, names, text }) => {
    const [asked = [], ...others] = alternatives;
    const without = texts.filter((tokens) => !asked.every((token) => tokens.has(token)));
    return others
      .flatMap((tokens, index) => {
        const name = names[index + 1] ?? "";
        const isOther = name.toLowerCase() !== text.toLowerCase();
        const isUsed = without.some((present) => tokens.every((token) => present.has(token)));
        return isOther && isUsed ? [name] : [];
      })
      .slice(0, MAX_OF_A_TERM);
  });
  return [...new Set(used)].slice(0, MAX_SHOWN);
}
