import {
  SearchUnavailableError,
  type IndexedChunk,
  type VectorIndex,
  type VectorSpace,
} from "#src/rag/ports.ts";
import { toRow } from "#src/rag/adapters/milvus-schema.ts";

const K1 = 1.2;
const B = 0.75;

/** A working index in memory with real BM25. `isAway` makes every call fail as an unreachable server does. */
export function createInMemoryVectorIndex(): VectorIndex & { isAway: boolean; writes: number } {
  const chunks = new Map<string, IndexedChunk>();
  const frequencies = (text: string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const token of text.split(" ")) if (token !== "") counts.set(token, (counts.get(token) ?? 0) + 1);
    return counts;
  };
  let space: VectorSpace | undefined;
  const fits = (chunk: IndexedChunk): boolean => chunk.vector?.length === space?.dimension;
  const waiting = (): IndexedChunk[] =>
    space === undefined ? [] : [...chunks.values()].filter((chunk) => !fits(chunk));
  const index = {
    isAway: false,
    writes: 0,
    async useVectors(next: VectorSpace) {
      reach();
      if (space !== undefined && space.model !== next.model)
        for (const chunk of chunks.values()) delete chunk.vector;
      space = next;
    },
    async listWithoutVectors(source: string, limit: number) {
      reach();
      const ofSource = waiting().filter((chunk) => chunk.source === source);
      return structuredClone(ofSource.slice(0, limit));
    },
    async countWithoutVectors(source: string, audiences: readonly string[]) {
      reach();
      return waiting().filter((chunk) => chunk.source === source && audiences.includes(chunk.audience))
        .length;
    },
    async addVectors(given: readonly IndexedChunk[]) {
      reach();
      for (const { id, contentHash, vector } of given) {
        const chunk = chunks.get(id);
        if (chunk?.contentHash === contentHash && vector !== undefined) chunk.vector = vector;
      }
    },
    async open() {
      reach();
    },
    async upsert(written: readonly IndexedChunk[]) {
      written.forEach(toRow);
      reach();
      index.writes += 1;
      const documents = new Set(written.map((chunk) => chunk.documentId));
      for (const [id, chunk] of chunks) if (documents.has(chunk.documentId)) chunks.delete(id);
      for (const chunk of written) chunks.set(chunk.id, structuredClone(chunk));
    },
    async deleteDocuments(documentIds: readonly string[]) {
      reach();
      if (documentIds.length > 0) index.writes += 1;
      for (const [id, chunk] of chunks) if (documentIds.includes(chunk.documentId)) chunks.delete(id);
    },
    async listDocuments(source: string) {
      reach();
      const hashes = new Map<string, string>();
      for (const chunk of chunks.values()) {
        if (chunk.source !== source) continue;
        const { documentId: id, contentHash } = chunk;
        hashes.set(id, (hashes.get(id) ?? contentHash) === contentHash ? contentHash : "");
      }
      return hashes;
    },
    async search(query: Parameters<VectorIndex["search"]>[0]) {
      reach();
      const all = [...chunks.values()].map((chunk) => ({ chunk, counts: frequencies(chunk.searchText) }));
      const lengths = all.map(({ counts }) => [...counts.values()].reduce((sum, count) => sum + count, 0));
      const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
      const idf = (token: string): number => {
        const df = all.filter(({ counts }) => counts.has(token)).length;
        return Math.log(1 + (all.length - df + 0.5) / (df + 0.5));
      };
      const terms = [...frequencies(query.searchText)].map(([token, count]) => ({
        token,
        weight: count * idf(token),
      }));
      const isReadable = (chunk: IndexedChunk): boolean =>
        query.audiences.includes(chunk.audience) &&
        (query.sources === undefined || query.sources.includes(chunk.source));
      const byWords = all
        .map(({ chunk, counts }, position) => {
          const norm = K1 * (1 - B + (B * (lengths[position] ?? 0)) / average);
          const score = terms.reduce((sum, { token, weight }) => {
            const tf = counts.get(token) ?? 0;
            return sum + (weight * tf * (K1 + 1)) / (tf + norm);
          }, 0);
          return { chunk, score };
        })
        .filter(({ chunk, score }) => score > 0 && isReadable(chunk))
        .sort((left, right) => right.score - left.score)
        .slice(0, Math.max(0, query.limit))
        .map(({ chunk }) => chunk);
      const { vector } = query;
      const merged =
        vector === undefined || vector.length !== space?.dimension || query.limit < 1
          ? byWords
          : byReciprocalRank([
              byWords,
              all
                .map(({ chunk }) => chunk)
                .filter((chunk) => fits(chunk) && isReadable(chunk))
                .toSorted((left, right) => dot(right.vector, vector) - dot(left.vector, vector))
                .slice(0, 50),
            ]);
      return merged.map((chunk, position) => ({ chunk: structuredClone(chunk), rank: position + 1 }));
    },
    async sampleSearchTexts(limit: number) {
      reach();
      return [...chunks.values()].slice(0, limit).map((chunk) => chunk.searchText);
    },
    async count() {
      reach();
      return chunks.size;
    },
    async publish() {
      reach();
      return "published" as const;
    },
    async close() {},
  };
  const reach = (): void => {
    if (index.isAway) throw new SearchUnavailableError("the in-memory index is away");
  };
  return index;
}

function byReciprocalRank(lists: readonly (readonly IndexedChunk[])[]): IndexedChunk[] {
  const scores = new Map<IndexedChunk, number>();
  for (const list of lists)
    for (const [position, chunk] of list.entries())
      scores.set(chunk, (scores.get(chunk) ?? 0) + 1 / (61 + position));
  return [...scores].toSorted(([, left], [, right]) => right - left).map(([chunk]) => chunk);
}

function dot(left: Float32Array | undefined, right: Float32Array): number {
  return right.reduce((sum, value, index) => sum + value * (left?.[index] ?? 0), 0);
}
