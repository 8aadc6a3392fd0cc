import type { ScoredChunk } from "./rank-chunks.ts";

/**
 * Fitted with test/evals and a small multilingual model, with our glossary and without it: where the words of the question
 * are found, their order stands and nearness settles what is close; where they are not, nearness decides.
 */
const WORDS_COUNT_FROM = 0.2;
const WORDS_DECIDE_FROM = 0.6;
const NEARNESS_ALWAYS = 0.3;
/** Questions that no page answers came to 0.24 at most, others to 0.3 in the middle. */
const SURE_FROM = 0.22;
const SURE_OVER = 0.4;

/**
 * Joins our order by words with nearness in meaning. Similarities have another scale with each model, so the nearest chunk is
 * measured against the middle of all candidates. A chunk whose vector is not known yet counts as in the middle.
 */
export function blendNearness(
  ranked: readonly ScoredChunk[],
  vector: Float32Array,
  /** By words; see `confidence`. */
  sureByWords: number,
): { ranked: readonly ScoredChunk[]; confidence: number } {
  const similarities = ranked.map(({ chunk }) =>
    chunk.vector === undefined ? undefined : dot(chunk.vector, vector),
  );
  const known = similarities.filter((one) => one !== undefined).toSorted((left, right) => left - right);
  const middle = known[Math.floor((known.length - 1) / 2)];
  const nearest = known.at(-1);
  if (middle === undefined || nearest === undefined || nearest <= middle)
    return { ranked, confidence: sureByWords };
  const words = bounded((sureByWords - WORDS_COUNT_FROM) / (WORDS_DECIDE_FROM - WORDS_COUNT_FROM));
  const bestScore = Math.max(...ranked.map(({ score }) => score), Number.MIN_VALUE);
  const blended = ranked.map((one, place) => {
    const near = bounded(((similarities[place] ?? middle) - middle) / (nearest - middle));
    return { one, value: words * (one.score / bestScore) + (1 - words + NEARNESS_ALWAYS) * near };
  });
  blended.sort((left, right) => right.value - left.value);
  const lift = (nearest - middle) / Math.max(1 - middle, Number.EPSILON);
  return {
    ranked: blended.map(({ one }) => one),
    confidence: 1 - (1 - sureByWords) * (1 - bounded((lift - SURE_FROM) / SURE_OVER)),
  };
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

function bounded(value: number): number {
  return Math.min(1, Math.max(0, value));
}
