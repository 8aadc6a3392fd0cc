import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import { answerQuestion } from "./answer-question.ts";
import type { DocumentConverter } from "./document-converter.ts";
import type { DocumentSource } from "./document-source.ts";
import { forgetOtherSources } from "./forget-other-sources.ts";
import { indexSource, type SyncProgress, type SyncReport } from "./index-source.ts";
import { findCuratedAnswer } from "./curated-answers.ts";
import { createGlossary } from "./glossary.ts";
import { createModelOrder, type NamedModel } from "./model-order.ts";
import type { AnswerEvent, ChatModel, Question, VectorIndex } from "./ports.ts";
import type { Prompts } from "./prompts.ts";
import { retrieve } from "./retrieve.ts";
import { readableSourceNames, readableSourceStates } from "./readable-sources.ts";
import { dueSources, type SourceState } from "./source-state.ts";
import { termStatistics, type TermStatistics } from "./term-statistics.ts";

/** Enough to know how common a word is; a few megabytes. */
const SAMPLED_CHUNKS = 20_000;
const STATISTICS_AGE_MS = 10 * 60_000;

export interface Rag {
  /** See `answerQuestion`: ends with `answer-end` or `no-answer`. */
  answer(question: Question): AsyncIterable<AnswerEvent>;
  /**
   * Brings the index up to date with a source. Calls for the same source run one after the other.
   * @throws RangeError for an unknown source, SearchUnavailableError when the index is away, and what the source throws
   */
  sync(
    sourceName: string,
    options?: { onProgress?: (progress: SyncProgress) => void; signal?: AbortSignal },
  ): Promise<SyncReport>;
  /** Takes out of the index what belongs to no source of these any more. Only for whoever the index belongs to. */
  forgetOtherSources(): Promise<void>;
  /** Tells of changes in the sources until the returned function is called. */
  watch(onChange: (sourceName: string) => void): Promise<() => Promise<void>>;
  sources(): readonly string[];
  /** Those that somebody with these audiences may know of. */
  readableSources(audiences: readonly string[]): Promise<readonly string[]>;
  /** How the latest sync of each source went, as far as somebody with these audiences may know. */
  sourceStates(audiences: readonly string[]): Promise<readonly SourceState[]>;
  /** The sources whose `everyMs` has passed since their latest sync began. */
  dueSources(): Promise<readonly string[]>;
  /** Names of the models, in the order in which they are tried. */
  models(): readonly string[];
  /** Whether a question can be searched for now. */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

export function createRag(options: {
  store: Store;
  index: VectorIndex;
  /** A single one, with the deadlines below. */
  model?: ChatModel | undefined;
  /** Several, in the order in which they are tried. */
  models?: readonly NamedModel[];
  sources: readonly DocumentSource[];
  /** Absent: what is no text is left out. */
  converter?: DocumentConverter;
  prompts: Prompts;
  logger: Logger;
  now?: () => Date;
  /** Of `model`; see NamedModel. */
  deadlineMs?: number;
  firstTokenMs?: number;
}): Rag {
  const { store, index, converter, logger, sources } = options;
  const now = options.now ?? (() => new Date());
  const byName = new Map(sources.map((source) => [source.name, source]));
  if (byName.size < sources.length) throw new RangeError("two document sources have the same name");
  const statistics = createStatisticsCache(index, logger, now);
  const glossary = createGlossary(store, logger, () => performance.now());
  const running = new Map<string, Promise<unknown>>();
  const synced = new Set<string>();
  const stops: (() => Promise<void>)[] = [];
  const models =
    options.models ?? (options.model === undefined ? [] : [{ ...options, model: options.model }]);
  const order = createModelOrder(models, () => now().getTime());

  return {
    answer: (question) =>
      answerQuestion(
        {
          ...options,
          async curated(asked) {
            try {
              return await findCuratedAnswer(store, asked, await glossary());
            } catch (error) {
              logger.warn({ err: error }, "curated answers cannot be read: the documents answer");
              return undefined;
            }
          },
          retrieve: (asked) =>
            retrieve(
              { index: inSources(index, asked.sources), statistics: statistics.read, glossary },
              asked,
            ),
          models: (asked) => order.candidates(asked.model ?? asked.usualModel, asked.onlyModel),
          onModelFailure: (name) => order.failed(name),
          onModelAnswer: (name) => order.answered(name),
        },
        question,
      ),

    async sync(sourceName, { onProgress, signal } = {}) {
      const source = byName.get(sourceName);
      if (source === undefined)
        throw new RangeError(
          `unknown document source "${sourceName}"; there are: ${[...byName.keys()].join(", ")}`,
        );
      const turn = (running.get(sourceName) ?? Promise.resolve()).then(() =>
        indexSource({ store, index, converter, logger, now }, source, {
          ...(onProgress === undefined ? {} : { onProgress }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
      running.set(
        sourceName,
        turn.catch(() => undefined),
      );
      const report = await turn;
      synced.add(sourceName);
      if (synced.size === byName.size) await index.publish();
      if (report.written + report.deleted > 0) await statistics.refresh();
      return report;
    },

    forgetOtherSources: () => forgetOtherSources({ store, index, logger }, [...byName.keys()]),

    async watch(onChange) {
      const started = await Promise.all(
        sources.flatMap((source) => source.watch?.(() => onChange(source.name)) ?? []),
      );
      const stop = async (): Promise<void> => {
        await Promise.all(started.splice(0).map((one) => one()));
      };
      stops.push(stop);
      return stop;
    },

    sources: () => [...byName.keys()],
    readableSources: (audiences) => readableSourceNames(store, sources, audiences),
    sourceStates: (audiences) => readableSourceStates(store, sources, now(), audiences),
    dueSources: () => dueSources(store, sources, now()),
    models: () => models.map(({ model }) => model.name),

    async isReady() {
      try {
        await index.search({ searchText: "ready", audiences: ["public"], limit: 1 });
        await statistics.read();
        return true;
      } catch (error) {
        logger.debug({ err: error }, "the index is not ready");
        return false;
      }
    },

    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await Promise.all(running.values());
      await converter?.close();
      await index.close();
    },
  };
}

/** The index as a question about some of the sources sees it. */
function inSources(index: VectorIndex, sources: Question["sources"]): VectorIndex {
  return sources === undefined ? index : { ...index, search: (query) => index.search({ ...query, sources }) };
}

/** Kept in memory, because a question must not wait for them; an old copy is used while a new one is read. */
function createStatisticsCache(index: VectorIndex, logger: Logger, now: () => Date) {
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
