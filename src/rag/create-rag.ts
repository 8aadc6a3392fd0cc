import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import { answerQuestion } from "./answer-question.ts";
import type { DocumentConverter } from "./document-converter.ts";
import type { DocumentSource } from "./document-source.ts";
import { forgetOtherSources } from "./forget-other-sources.ts";
import type { SyncReport } from "./index-source.ts";
import { createVectors, type Vectors } from "./create-vectors.ts";
import { findCuratedAnswer } from "./curated-answers.ts";
import { createGlossary } from "./glossary.ts";
import { createModelOrder, type NamedModel } from "./model-order.ts";
import { createVectorKeeper } from "./keep-vectors.ts";
import {
  type AnswerEvent,
  type ChatModel,
  type Embedder,
  type Question,
  type Reranker,
  type VectorIndex,
} from "./ports.ts";
import type { Prompts } from "./prompts.ts";
import { createRerank, type Rerank } from "./rerank.ts";
import { retrieve } from "./retrieve.ts";
import { readableSourceNames, readableSourceStates } from "./readable-sources.ts";
import { dueSources, type SourceState } from "./source-state.ts";
import { summariseThread, type SummaryEvent, type ThreadRequest } from "./summarise-thread.ts";
import { withVectorCounts } from "./with-vector-counts.ts";
import { createStatisticsCache } from "./statistics-cache.ts";
import { createSyncTurns, type SyncOptions } from "./sync-turns.ts";

export interface Rag {
  /** See `answerQuestion`: ends with `answer-end` or `no-answer`; and `summariseThread`: with `written` or `quotes`. */
  answer(question: Question): AsyncIterable<AnswerEvent>;
  summarise(thread: ThreadRequest): AsyncIterable<SummaryEvent>;
  /**
   * Brings the index up to date with a source. Calls for the same source run one after the other.
   * @throws RangeError for an unknown source, SearchUnavailableError when the index is away, and what the source throws
   */
  sync(sourceName: string, options?: SyncOptions): Promise<SyncReport>;
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
  /** Waits until every chunk has its vector, or the rest has to wait for the embedder. True at once without an embedder. */
  settle(signal?: AbortSignal): Promise<{ isComplete: boolean }>;
  /** Undefined without an embedder. */
  embedder: Pick<Vectors, "embed" | "name" | "ofQuestion"> | undefined;
  /** Undefined without a reranker. */
  rerank: Rerank | undefined;
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
  /** Absent: search goes by words alone. */
  embedder?: Embedder | undefined;
  /** Of a question's vector; default 1 s. */
  questionTimeoutMs?: number | undefined;
  /** Absent: our own order stays. */
  reranker?: { model: Reranker; passages: number } | undefined;
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
  const stops: (() => Promise<void>)[] = [];
  const vectors =
    options.embedder === undefined
      ? undefined
      : createVectors({
          store,
          index,
          embedder: options.embedder,
          logger,
          questionTimeoutMs: options.questionTimeoutMs ?? 1_000,
          nowMs: () => now().getTime(),
          onNewSpace: () => keeper?.wake(),
        });
  const rerank =
    options.reranker === undefined
      ? undefined
      : createRerank({
          reranker: options.reranker.model,
          passages: options.reranker.passages,
          logger,
          nowMs: () => now().getTime(),
        });
  const turns = createSyncTurns({ store, index, converter, vectors, logger, now, sources: byName });
  const models =
    options.models ?? (options.model === undefined ? [] : [{ ...options, model: options.model }]);
  const order = createModelOrder(models, () => now().getTime());

  const rag: Rag = {
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
              {
                index: inSources(index, asked.sources),
                statistics: statistics.read,
                glossary,
                vectorOf: vectors?.ofQuestion,
                rerank,
              },
              asked,
            ),
          models: (asked) => order.candidates(asked.model ?? asked.usualModel, asked.onlyModel),
          onModelFailure: (name) => order.failed(name),
          onModelAnswer: (name) => order.answered(name),
        },
        question,
      ),

    summarise: (thread) => summariseThread({ prompts: options.prompts, logger, order }, thread),
    async sync(sourceName, syncOptions) {
      const report = await turns.sync(sourceName, syncOptions);
      if (report.written + report.deleted > 0) await statistics.refresh();
      keeper?.wake();
      return report;
    },

    settle: async (signal) => (await keeper?.settle(signal)) ?? { isComplete: true },
    embedder: vectors,
    rerank,

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
    async sourceStates(audiences) {
      const states = await readableSourceStates(store, sources, now(), audiences);
      return vectors === undefined ? states : withVectorCounts(index, states, audiences);
    },
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
      await keeper?.close();
      await Promise.all(stops.map((stop) => stop()));
      await turns.settled();
      await converter?.close();
      await index.close();
    },
  };
  const keeper =
    vectors === undefined
      ? undefined
      : createVectorKeeper({
          vectors,
          sources: [...byName.keys()],
          syncedFor: turns.syncedFor,
          sync: (source) => rag.sync(source),
          logger,
        });
  return rag;
}

/** The index as a question about some of the sources sees it. */
function inSources(index: VectorIndex, sources: Question["sources"]): VectorIndex {
  return sources === undefined ? index : { ...index, search: (query) => index.search({ ...query, sources }) };
}
