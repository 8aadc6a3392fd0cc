/**
 * The chance that a question with an answer has a higher confidence than one without; a tie counts a half. Undefined
 * where one side is empty.
 */
export function refusalAuroc(
  answerable: readonly number[],
  unanswerable: readonly number[],
): number | undefined {
  if (answerable.length === 0 || unanswerable.length === 0) return undefined;
  const all = [
    ...answerable.map((confidence) => ({ confidence, isAnswerable: true })),
    ...unanswerable.map((confidence) => ({ confidence, isAnswerable: false })),
  ].sort((left, right) => left.confidence - right.confidence);
  let ranks = 0;
  for (let start = 0; start < all.length;) {
    let end = start;
    while (end < all.length && all[end]?.confidence === all[start]?.confidence) end += 1;
    const tied = all.slice(start, end).filter((one) => one.isAnswerable).length;
    ranks += tied * ((start + 1 + end) / 2);
    start = end;
  }
  const count = answerable.length;
  return (ranks - (count * (count + 1)) / 2) / (count * unanswerable.length);
}

/** The share of unanswerable questions refused by the threshold that refuses at most 5 % of the answerable ones. */
export function refusedAt5Percent(
  answerable: readonly number[],
  unanswerable: readonly number[],
): number | undefined {
  if (unanswerable.length === 0) return undefined;
  const threshold = thresholdAt5Percent(answerable);
  if (threshold === undefined) return undefined;
  return unanswerable.filter((confidence) => confidence < threshold).length / unanswerable.length;
}

/** The highest confidence below which lie at most 5 % of these. Undefined for none. */
export function thresholdAt5Percent(answerable: readonly number[]): number | undefined {
  return answerable.toSorted((left, right) => left - right)[Math.floor(answerable.length * 0.05)];
}
