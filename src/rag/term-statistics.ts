/** How common each token is in the index; enough to tell telling words from common ones, and to rank by BM25. */
export interface TermStatistics {
  chunks: number;
  averageLength: number;
  /** ln(1 + (N - df + 0.5) / (df + 0.5)); highest for a token that no chunk has. */
  idf(token: string): number;
  has(token: string): boolean;
  /** The tokens that most chunks have, at most 20: what the documents are about. */
  common: readonly string[];
}

const COMMON_TOKENS = 20;

export function termStatistics(searchTexts: readonly string[]): TermStatistics {
  const frequencies = new Map<string, number>();
  let tokens = 0;
  for (const text of searchTexts) {
    const words = text.split(" ");
    tokens += words.length;
    for (const word of new Set(words)) frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
  }
  const chunks = searchTexts.length;
  return {
    chunks,
    averageLength: chunks === 0 ? 1 : tokens / chunks,
    idf(token) {
      const frequency = frequencies.get(token) ?? 0;
      return Math.log(1 + (chunks - frequency + 0.5) / (frequency + 0.5));
    },
    has: (token) => frequencies.has(token),
    common: [...frequencies]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, COMMON_TOKENS)
      .map(([token]) => token),
  };
}
