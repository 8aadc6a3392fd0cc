/** How well a list of pages, best first, answers a question of which `gold` are the pages that do. */
export interface RankingScore {
  /** Share of the gold pages among the first 1, 5 and 10. */
  recallAt1: number;
  recallAt5: number;
  recallAt10: number;
  /** 1 / rank of the first gold page among the first 10, else 0. */
  reciprocalRank: number;
  /** Each gold page gains 1, divided by log2(rank + 1); held against the best order there could be. */
  ndcgAt10: number;
  /** 1 when any gold page is among the first 10. */
  hitAt10: number;
}

const DEPTH = 10;

/** Both without repetitions; `gold` holds at least one. */
export function scoreRanking(pages: readonly string[], gold: ReadonlySet<string>): RankingScore {
  const top = pages.slice(0, DEPTH);
  const recall = (depth: number): number =>
    top.slice(0, depth).filter((page) => gold.has(page)).length / gold.size;
  const first = top.findIndex((page) => gold.has(page));
  const gain = top.reduce((sum, page, index) => sum + (gold.has(page) ? 1 / Math.log2(index + 2) : 0), 0);
  let best = 0;
  for (let index = 0; index < Math.min(gold.size, DEPTH); index += 1) best += 1 / Math.log2(index + 2);
  return {
    recallAt1: recall(1),
    recallAt5: recall(5),
    recallAt10: recall(DEPTH),
    reciprocalRank: first === -1 ? 0 : 1 / (first + 1),
    ndcgAt10: gain / best,
    hitAt10: first === -1 ? 0 : 1,
  };
}
