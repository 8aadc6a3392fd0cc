import type { Logger } from "pino";
import type { VectorIndex } from "./ports.ts";
import { termStatistics, type TermStatistics } from "./term-statistics.ts";

/** Enough to know how common a word is; a few megabytes. */
const SAMPLED_CHUNKS = 20_000;
const STATISTICS_AGE_MS = 10 * 60_000;

/** Kept in memory, because a question must not wait for them; an old copy is used while a new one is read. */
export function createStatisticsCache(index: VectorIndex, logger: Logger, now: () => Date) {
  let known: TermStatistics | undefined;
  let readAtMs = 0;
  let reading: Promise<TermStatistics> | undefined;
  const refresh = (): Promise<TermStatistics> => {
    reading ??= index
      .sampleSearchTexts(SAMPLED_CHUNKS)
      .then((texts) => {
        readAtMs = now().getTime();
        return (known = termStatistics(texts));
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  return {
    refresh: async () => {
      // What is being read may be older than the write that asks for this.
      await reading?.catch(() => undefined);
      await refresh();
    },
    async read(): Promise<TermStatistics> {
      if (known === undefined) return refresh();
      if (now().getTime() - readAtMs > STATISTICS_AGE_MS)
        refresh().catch((error: unknown) => logger.warn({ err: error }, "old word counts are used"));
      return known;
    },
  };
}
