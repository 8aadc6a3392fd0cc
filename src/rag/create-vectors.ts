import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import { createBreaker } from "./breaker.ts";
import { countKnownChunks } from "./document-rows.ts";
import {
  EmbedderUnavailableError,
  SearchUnavailableError,
  type Embedder,
  type IndexedChunk,
  type VectorIndex,
  type VectorSpace,
} from "./ports.ts";
import { withFreeSource } from "./source-lock.ts";
import {
  keepDimension,
  keepVectors,
  knownDimension,
  readVectors,
  textHash,
  trimVectors,
} from "./vector-cache.ts";

/** A write of documents waits so long for vectors; what is not there by then is found by its words, and gets its vector later. */
const WRITE_WAITS_MS = 1_500;
const CHUNKS_AT_ONCE = 256;
const TEXTS_AT_ONCE = 32;
/** Kept in all, as a multiple of the chunks that there are. */
const KEPT_TIMES = 3;
const KEPT_AT_LEAST = 10_000;

/** A question's vector, or why it has none: refused or unreachable, not within its time, or left alone after failures. */
export type QuestionVector =
  | { kind: "vector"; vector: Float32Array }
  | { kind: "none"; reason: "away" | "late" | "resting" };

export interface Vectors {
  /** Opens the vector space, if it is known or the embedder answers. Before documents are written. */
  open(signal?: AbortSignal): Promise<void>;
  /** Which space this is: rises when the embedder turns out to have another one, and all documents have to be written anew. */
  generation(): number;
  /** With the vectors that are known or come within 1.5 s. Never fails for want of vectors. */
  attach(chunks: readonly IndexedChunk[]): Promise<readonly IndexedChunk[]>;
  ofQuestion(text: string, signal?: AbortSignal): Promise<QuestionVector>;
  /** Vectors for others, as they are asked for. @throws EmbedderUnavailableError */
  embed: Embedder["embed"];
  name: string;
  /**
   * Gives the chunks of these sources their vectors. Ends with whether some are left without: a sync holds their source, or
   * the embedder or the index is away.
   */
  fill(sources: readonly string[], signal?: AbortSignal): Promise<{ embedded: number; isComplete: boolean }>;
}

/** What lies between an embedder and the index: the vector space, the vectors that are known, and what waits for one. */
export function createVectors(deps: {
  store: Store;
  index: VectorIndex;
  embedder: Embedder;
  logger: Logger;
  /** Of a question's vector. */
  questionTimeoutMs: number;
  nowMs: () => number;
  /** The embedder turned out to have another space than before. */
  onNewSpace: () => void;
}): Vectors {
  const { store, index, embedder, logger } = deps;
  const breaker = createBreaker(1, deps.nowMs);
  let space: VectorSpace | undefined;
  let generation = 0;
  /** The embedder is slower than writes wait for: until all vectors are there, writes take what is known only. */
  let isSlow = false;

  async function useSpace(dimension: number): Promise<VectorSpace> {
    if (space?.dimension === dimension) return space;
    const next = { model: embedder.name, dimension };
    await keepDimension(store, next);
    await index.useVectors(next);
    generation += 1;
    logger.info({ was: space, now: next }, "the vectors' space");
    space = next;
    if (generation > 1) deps.onNewSpace();
    return next;
  }

  /** Known from before, else asked. @throws EmbedderUnavailableError */
  async function openSpace(signal?: AbortSignal): Promise<VectorSpace> {
    return (
      space ?? useSpace((await knownDimension(store, embedder.name)) ?? (await embedder.dimension(signal)))
    );
  }

  /** Known ones, and those that the embedder makes now; these are kept as they come, so nothing is asked for twice. */
  async function findVectors(
    chunks: readonly IndexedChunk[],
    isKnownOnly: boolean,
    signal: AbortSignal | undefined,
  ): Promise<{ chunks: IndexedChunk[]; outage?: Error }> {
    let used = await openSpace(signal);
    const texts = new Map(chunks.map((chunk) => [textHash(embeddedText(chunk)), embeddedText(chunk)]));
    const vectors = await readVectors(store, used, [...texts.keys()]);
    const missing = isKnownOnly ? [] : [...texts].filter(([hash]) => !vectors.has(hash));
    let outage: Error | undefined;
    try {
      for (let start = 0; start < missing.length; start += TEXTS_AT_ONCE) {
        const some = missing.slice(start, start + TEXTS_AT_ONCE);
        const embedded = await embedder.embed(
          some.map(([, text]) => text),
          { as: "passage", signal },
        );
        const made = new Map(some.map(([hash], place) => [hash, embedded[place] ?? new Float32Array()]));
        used = await useSpace(embedded[0]?.length ?? used.dimension);
        await keepVectors(store, used, made);
        for (const [hash, vector] of made) vectors.set(hash, vector);
      }
    } catch (error) {
      if (!isOutage(error, signal)) throw error;
      outage = error instanceof Error ? error : new Error(String(error));
    }
    const joined = chunks.map((chunk) => {
      const vector = vectors.get(textHash(embeddedText(chunk)));
      return vector?.length === used.dimension ? { ...chunk, vector } : chunk;
    });
    return { chunks: joined, ...(outage !== undefined && { outage }) };
  }

  async function fillSource(source: string, signal: AbortSignal | undefined): Promise<number | "left"> {
    let embedded = 0;
    for (;;) {
      signal?.throwIfAborted();
      const waiting = await index.listWithoutVectors(source, CHUNKS_AT_ONCE);
      if (waiting.length === 0) return embedded;
      const found = await findVectors(waiting, false, signal);
      const ready = found.chunks.filter(({ vector }) => vector !== undefined);
      // A sync may be about to delete them: it alone writes while it holds the source.
      const outcome = await withFreeSource(store, source, () => index.addVectors(ready));
      if (found.outage !== undefined) throw found.outage;
      if (outcome === "busy" || ready.length === 0) return "left";
      embedded += ready.length;
    }
  }

  return {
    name: embedder.name,
    embed: (texts, options) => embedder.embed(texts, options),
    generation: () => generation,

    async open(signal) {
      try {
        await openSpace(signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!isOutage(error, signal)) throw error;
        logger.info({ reason: String(error) }, "the embedder is away: documents are indexed by their words");
      }
    },

    async attach(chunks) {
      if (space === undefined) return chunks;
      const time = AbortSignal.timeout(WRITE_WAITS_MS);
      const found = await findVectors(chunks, isSlow, time);
      if (found.outage !== undefined) {
        isSlow = true;
        logger.info({ reason: found.outage.message }, "documents are written before their vectors are known");
      }
      return found.chunks;
    },

    async ofQuestion(text, signal) {
      if (breaker.isResting()) return { kind: "none", reason: "resting" };
      const time = AbortSignal.timeout(Math.ceil(deps.questionTimeoutMs));
      try {
        const all = signal === undefined ? time : AbortSignal.any([time, signal]);
        const used = await openSpace(all);
        const [vector] = await embedder.embed([text], { as: "question", signal: all });
        breaker.succeeded();
        if (vector === undefined) return { kind: "none", reason: "away" };
        if (vector.length !== used.dimension) await useSpace(vector.length);
        return { kind: "vector", vector };
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof SearchUnavailableError || !isOutage(error, time)) throw error;
        logger.warn({ reason: String(error) }, "a question is searched for by its words alone");
        breaker.failed();
        return { kind: "none", reason: time.aborted ? "late" : "away" };
      }
    },

    async fill(sources, signal) {
      let embedded = 0;
      let isComplete = true;
      try {
        await openSpace(signal);
        for (const source of sources) {
          const filled = await fillSource(source, signal);
          if (filled === "left") isComplete = false;
          else embedded += filled;
        }
        if (isComplete) isSlow = false;
        if (embedded > 0)
          await trimVectors(store, KEPT_AT_LEAST + KEPT_TIMES * (await countKnownChunks(store)));
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof SearchUnavailableError) && !isOutage(error, signal)) throw error;
        logger.info({ reason: String(error), embedded }, "some chunks wait for their vectors");
        isComplete = false;
      }
      return { embedded, isComplete };
    },
  };
}

/** As a reader sees it: what a short section is about stands in its headings. */
function embeddedText({ headings, text }: IndexedChunk): string {
  return `${headings.join(" > ")}\n${text}`;
}

function isOutage(error: unknown, signal: AbortSignal | undefined): boolean {
  return error instanceof EmbedderUnavailableError || signal?.aborted === true;
}
