import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import type { Vectors } from "./create-vectors.ts";
import type { DocumentConverter } from "./document-converter.ts";
import { countKnownChunks } from "./document-rows.ts";
import type { DocumentSource } from "./document-source.ts";
import { indexSource, type SyncProgress, type SyncReport } from "./index-source.ts";
import type { VectorIndex } from "./ports.ts";

export interface SyncOptions {
  onProgress?: (progress: SyncProgress) => void;
  signal?: AbortSignal;
}

/** Syncs of this process: of one source one after the other, and the new index is published when it is whole. */
export function createSyncTurns(deps: {
  store: Store;
  index: VectorIndex;
  converter: DocumentConverter | undefined;
  vectors: Vectors | undefined;
  logger: Logger;
  now(): Date;
  sources: ReadonlyMap<string, DocumentSource>;
}) {
  const { store, index, vectors, logger, sources } = deps;
  const running = new Map<string, Promise<unknown>>();
  const syncedFor = new Map<string, number>();
  return {
    /** @throws RangeError for an unknown source, SearchUnavailableError when the index is away, and what the source throws */
    async sync(sourceName: string, options: SyncOptions = {}): Promise<SyncReport> {
      const source = sources.get(sourceName);
      if (source === undefined)
        throw new RangeError(
          `unknown document source "${sourceName}"; there are: ${[...sources.keys()].join(", ")}`,
        );
      const turn = (running.get(sourceName) ?? Promise.resolve()).then(async () => {
        await vectors?.open(options.signal);
        syncedFor.set(sourceName, vectors?.generation() ?? 0);
        return indexSource({ ...deps, index: withVectors(index, vectors) }, source, options);
      });
      running.set(
        sourceName,
        turn.catch(() => undefined),
      );
      const report = await turn;
      const published = await index.publish({ chunks: await countKnownChunks(store) });
      if (published === "incomplete")
        logger.info({ source: sourceName }, "the older index answers until the new one is whole");
      return report;
    },
    /** The generation of vectors that a source was last synced for by this process. */
    syncedFor: (sourceName: string): number | undefined => syncedFor.get(sourceName),
    async settled(): Promise<void> {
      await Promise.all(running.values());
    },
  };
}

/** The index as a sync writes it: with the vectors that are there in time. */
function withVectors(index: VectorIndex, vectors: Vectors | undefined): VectorIndex {
  if (vectors === undefined) return index;
  return { ...index, upsert: async (chunks) => index.upsert(await vectors.attach(chunks)) };
}
