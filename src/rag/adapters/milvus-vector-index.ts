import type { IndexedChunk, RankedChunk, VectorIndex, VectorSpace } from "../ports.ts";
import { TOKENIZER_VERSION } from "../tokenize.ts";
import {
  dropCollection,
  dropLeftovers,
  makeCollection,
  moveAlias,
  prepareCollections,
  versionOf,
  type IndexCollections,
} from "./milvus-collections.ts";
import { createMilvusConnection, type MilvusServerOptions, type MilvusSession } from "./milvus-connection.ts";
import { milvusList, milvusLiteral } from "./milvus-literal.ts";
import {
  countRows,
  deleteRows,
  READ_TIMEOUT_MS,
  readPages,
  readWhere,
  replaceDocuments,
  upsertRows,
  WRITE_TIMEOUT_MS,
} from "./milvus-rows.ts";
import { EMBEDDED_FIELD, fromRow, OUTPUT_FIELDS, toRow } from "./milvus-schema.ts";
import { createSearchGate } from "./search-gate.ts";
import { searchCollection, SEARCH_TIMEOUT_MS } from "./milvus-search.ts";
import { MilvusStatusError } from "./milvus-status.ts";

/** Raised when the fields or the tokens change: a new collection is then written beside the old one. */
const INDEX_VERSION = `v1_t${TOKENIZER_VERSION}`;
const SEARCHES_AT_ONCE = 8;
const NOT_EMBEDDED = `${EMBEDDED_FIELD} == 0`;

/**
 * The index in one Milvus collection behind the alias `collection`, searched by BM25 and, where there is an embedder, by
 * nearness. It works the same on Milvus Lite and Milvus; where Milvus Lite needs care, a comment says so. Writes of one
 * process run one after the other, because Milvus Lite is not safe for parallel writers.
 */
export function createMilvusVectorIndex(
  options: MilvusServerOptions & {
    /** The alias' name: letters, digits and underscores. */
    collection: string;
    /** For tests of a change of version; default: that of this code. */
    version?: string;
  },
): VectorIndex {
  const { collection: alias, version = INDEX_VERSION } = options;
  let space: VectorSpace | undefined;
  let collections: IndexCollections = { written: `${alias}_${version}`, isMade: false, read: alias };
  const prepare = async (session: MilvusSession): Promise<void> => {
    collections = await prepareCollections(session, alias, versionOf(version, space), space?.dimension);
  };
  const connection = createMilvusConnection(options, prepare);
  let writing: Promise<unknown> = Promise.resolve();
  const write = <T>(what: string, call: (session: MilvusSession) => Promise<T>): Promise<T> => {
    const turn = writing.then(() => connection.use(what, WRITE_TIMEOUT_MS, call));
    writing = turn.catch(() => undefined);
    return turn;
  };
  const read = <T>(what: string, call: (session: MilvusSession) => Promise<T>): Promise<T> =>
    connection.use(what, READ_TIMEOUT_MS, call);
  const gate = createSearchGate(SEARCHES_AT_ONCE);
  /** Reads of the collection that a switch is about to drop. */
  const searches = new Set<Promise<unknown>>();

  const isBehind = (): boolean => collections.read !== collections.written;

  const made = (): string[] => (collections.isMade ? [collections.written] : []);
  const countWritten = async (session: MilvusSession): Promise<number> =>
    collections.isMade ? countRows(session, collections.written) : 0;

  async function makeWritten(session: MilvusSession): Promise<void> {
    if (collections.isMade) return;
    await makeCollection(session, collections.written, space?.dimension);
    collections = { ...collections, isMade: true };
  }

  /** While a new index is written, the older one answers: what changed must not be answered from it as it was. */
  async function keepOlderUpToDate(session: MilvusSession, chunks: readonly IndexedChunk[]): Promise<void> {
    const documentIds = [...new Set(chunks.map((chunk) => chunk.documentId))];
    const known = await readWhere(session, collections.read, "document_id", documentIds, ["content_hash"]);
    const hashes = new Map(known.map((row) => [row["id"], row["content_hash"]]));
    const changed = new Set(
      chunks.filter(({ id, contentHash }) => hashes.get(id) !== contentHash).map((chunk) => chunk.documentId),
    );
    if (changed.size === 0) return;
    const rows = chunks
      .filter((chunk) => changed.has(chunk.documentId))
      .map((chunk) => {
        const bare = { ...chunk };
        // Its vectors, if it has any, are of another space.
        delete bare.vector;
        return toRow(bare, collections.readDimension);
      });
    try {
      await replaceDocuments(session, collections.read, rows);
    } catch (error) {
      if (!(error instanceof MilvusStatusError)) throw error;
      // It has other fields: rather nothing of the page than what it said before.
      await deleteRows(session, collections.read, "document_id", [...changed]);
    }
  }

  async function search(query: Parameters<VectorIndex["search"]>[0]): Promise<readonly RankedChunk[]> {
    const asked = collections.read;
    const once = (): Promise<readonly RankedChunk[]> =>
      connection.use("searching", SEARCH_TIMEOUT_MS, (session) => {
        // Of an older index the vectors are of another space.
        const fits = !isBehind() && query.vector?.length === collections.readDimension;
        const wanted = { ...query, vector: fits ? query.vector : undefined };
        if (wanted.vector === undefined && query.searchText.trim() === "") return Promise.resolve([]);
        const searching = searchCollection(session, collections.read, wanted);
        searches.add(searching);
        const done = (): unknown => searches.delete(searching);
        searching.then(done, done);
        return searching;
      });
    try {
      return await gate(once);
    } catch (error) {
      // Another process has switched to a new index and dropped the one that was asked.
      const wasMissing =
        error instanceof TypeError || (error instanceof MilvusStatusError && error.isMissing);
      if (!wasMissing) throw error;
      await connection.use("opening the index", SEARCH_TIMEOUT_MS, prepare);
      if (collections.read === asked) throw error;
      return gate(once);
    }
  }

  return {
    open: () => connection.use("opening the index", 60_000, async () => {}),

    async useVectors(next) {
      if (space?.model === next.model && space.dimension === next.dimension) return;
      space = next;
      await write("opening the index", prepare);
    },

    async upsert(chunks: readonly IndexedChunk[]) {
      chunks.forEach((chunk) => toRow(chunk));
      if (chunks.length === 0) return;
      await write("writing to the index", async (session) => {
        await makeWritten(session);
        const rows = chunks.map((chunk) => toRow(chunk, space?.dimension));
        await replaceDocuments(session, collections.written, rows);
        if (isBehind()) await keepOlderUpToDate(session, chunks);
      });
    },

    async deleteDocuments(documentIds) {
      if (documentIds.length === 0) return;
      await write("deleting from the index", async (session) => {
        for (const name of new Set([collections.read, ...made()]))
          await deleteRows(session, name, "document_id", documentIds);
      });
    },

    listDocuments: (source) =>
      read("reading the index", async (session) => {
        const hashes = new Map<string, string>();
        const filter = `source == ${milvusLiteral(source)}`;
        const fields = ["document_id", "content_hash"];
        for (const name of made())
          for await (const page of readPages(session, name, filter, fields))
            for (const row of page) {
              const id = String(row["document_id"]);
              const hash = String(row["content_hash"]);
              hashes.set(id, (hashes.get(id) ?? hash) === hash ? hash : "");
            }
        if (!isBehind()) return hashes;
        // What is in the older index alone still has to be written, or deleted there too.
        for await (const page of readPages(session, collections.read, filter, ["document_id"]))
          for (const row of page)
            hashes.set(String(row["document_id"]), hashes.get(String(row["document_id"])) ?? "");
        return hashes;
      }),

    async listWithoutVectors(source, limit) {
      return read("reading the index", async (session) => {
        if (space === undefined || !collections.isMade) return [];
        const filter = `source == ${milvusLiteral(source)} and ${NOT_EMBEDDED}`;
        const pages = readPages(session, collections.written, filter, OUTPUT_FIELDS, limit);
        for await (const page of pages) return page.map((row) => fromRow(row));
        return [];
      });
    },

    countWithoutVectors: (source, audiences) =>
      read("counting", async (session) => {
        if (space === undefined || !collections.isMade) return 0;
        const filters = [
          `source == ${milvusLiteral(source)}`,
          `audience in ${milvusList(audiences)}`,
          NOT_EMBEDDED,
        ];
        return countRows(session, collections.written, filters.join(" and "));
      }),

    async addVectors(chunks) {
      await write("writing to the index", async (session) => {
        if (!collections.isMade) return;
        const ids = chunks.map(({ id }) => id);
        const known = await readWhere(session, collections.written, "id", ids, ["content_hash"]);
        const hashes = new Map(known.map((row) => [row["id"], row["content_hash"]]));
        const rows = chunks
          .filter(({ id, contentHash }) => hashes.get(id) === contentHash)
          .map((chunk) => toRow(chunk, space?.dimension));
        if (rows.length > 0) await upsertRows(session, collections.written, rows);
      });
    },

    async search(query) {
      if (query.audiences.length === 0 || query.limit < 1) return [];
      if (query.searchText.trim() === "" && query.vector === undefined) return [];
      return search(query);
    },

    sampleSearchTexts: (limit) =>
      read("reading the index", async (session) => {
        const texts: string[] = [];
        for await (const page of readPages(session, collections.read, undefined, ["search_text"])) {
          texts.push(...page.map((row) => String(row["search_text"])));
          if (texts.length >= limit) break;
        }
        return texts.slice(0, limit);
      }),

    count: () => read("counting", countWritten),

    publish: ({ chunks }) =>
      write("switching the index", async (session) => {
        if (!isBehind()) return "published";
        const { written, read: older } = collections;
        if ((await countWritten(session)) !== chunks) return "incomplete";
        await makeWritten(session);
        await moveAlias(session.client, alias, written);
        collections = { written, isMade: true, read: written, readDimension: space?.dimension };
        await Promise.allSettled(searches);
        await dropCollection(session.client, older);
        await dropLeftovers(session.client, alias, collections);
        return "published";
      }),

    async close() {
      await writing;
      await connection.close();
    },
  };
}
