import type { IndexedChunk, RankedChunk, VectorIndex } from "../ports.ts";
import { moveAlias, prepareCollections, type IndexCollections } from "./milvus-collections.ts";
import { createMilvusConnection, type MilvusServerOptions, type MilvusSession } from "./milvus-connection.ts";
import { milvusList, milvusLiteral } from "./milvus-literal.ts";
import { fromRow, OUTPUT_FIELDS, SPARSE_FIELD, toRow, type ChunkRow } from "./milvus-schema.ts";
import { expectSuccess } from "./milvus-status.ts";

/** Raised when the fields or the tokens change: a new collection is then written beside the old one. */
const INDEX_VERSION = "v1";
/** An answer must say in 5 s or less that search is away. */
const SEARCH_TIMEOUT_MS = 3_500;
const READ_TIMEOUT_MS = 30_000;
const WRITE_TIMEOUT_MS = 120_000;
const ROWS_PER_WRITE = 1_000;
const ROWS_PER_PAGE = 2_000;
const IDS_PER_FILTER = 500;

/**
 * The index in one Milvus collection behind the alias `collection`, searched by BM25. It works the same on Milvus Lite
 * and Milvus; where Milvus Lite needs care, a comment says so. Writes of one process run one after the other, because
 * Milvus Lite is not safe for parallel writers.
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
  let collections: IndexCollections = { written: `${alias}_${version}`, read: alias };
  const connection = createMilvusConnection(options, async ({ client }) => {
    collections = await prepareCollections(client, alias, version);
  });
  let writing: Promise<unknown> = Promise.resolve();
  const write = (what: string, call: (session: MilvusSession) => Promise<void>): Promise<void> => {
    const turn = writing.then(() => connection.use(what, WRITE_TIMEOUT_MS, call));
    writing = turn.catch(() => undefined);
    return turn;
  };

  /** Rows in the order of their ids. Without `iterator` Milvus Lite pages in no order and loses rows. */
  async function* pages(
    { client }: MilvusSession,
    filter: string | undefined,
    fields: readonly string[],
  ): AsyncGenerator<readonly Readonly<Record<string, unknown>>[]> {
    for (let last = ""; ;) {
      const after = `id > ${milvusLiteral(last)}`;
      const reply = await client.query({
        collection_name: collections.written,
        filter: filter === undefined ? after : `${filter} and ${after}`,
        output_fields: ["id", ...fields],
        limit: ROWS_PER_PAGE,
        params: { iterator: true, reduce_stop_for_best: true },
        timeout: READ_TIMEOUT_MS,
      });
      expectSuccess("reading the index", reply);
      if (reply.data.length > 0) yield reply.data;
      if (reply.data.length < ROWS_PER_PAGE) return;
      last = String(reply.data.at(-1)?.["id"]);
    }
  }

  async function deleteWhere(
    session: MilvusSession,
    field: "id" | "document_id",
    values: readonly string[],
    from: string = collections.written,
  ) {
    for (const some of inGroups(values, IDS_PER_FILTER)) {
      const filter = `${field} in ${milvusList(some)}`;
      const reply = await session.client.delete({ collection_name: from, filter });
      expectSuccess("deleting from the index", reply);
    }
  }

  /** Rows that are not flushed have no index on Milvus Lite: every search would read them one by one. */
  async function flush({ client, isLite }: MilvusSession): Promise<void> {
    if (!isLite) return;
    const reply = await client.flush({ collection_names: [collections.written], timeout: WRITE_TIMEOUT_MS });
    expectSuccess("flushing the index", reply);
  }

  async function replaceDocuments(session: MilvusSession, rows: readonly ChunkRow[]): Promise<void> {
    const documentIds = [...new Set(rows.map((row) => row.document_id))];
    const written = new Set(rows.map((row) => row.id));
    const stale: string[] = [];
    for (const some of inGroups(documentIds, IDS_PER_FILTER))
      for await (const page of pages(session, `document_id in ${milvusList(some)}`, []))
        stale.push(...page.map((row) => String(row["id"])).filter((id) => !written.has(id)));
    for (const some of inGroups(rows, ROWS_PER_WRITE)) {
      // Never insert: Milvus keeps both rows of a repeated id.
      const reply = await session.client.upsert({
        collection_name: collections.written,
        data: some.map((row) => ({ ...row })),
        timeout: WRITE_TIMEOUT_MS,
      });
      expectSuccess("writing to the index", reply);
      await flush(session);
    }
    if (stale.length > 0) {
      await deleteWhere(session, "id", stale);
      await flush(session);
    }
  }

  return {
    open: () => connection.use("opening the index", 60_000, async () => {}),

    async upsert(chunks: readonly IndexedChunk[]) {
      const rows = chunks.map(toRow);
      if (rows.length > 0) await write("writing to the index", (session) => replaceDocuments(session, rows));
    },

    async deleteDocuments(documentIds) {
      if (documentIds.length === 0) return;
      await write("deleting from the index", async (session) => {
        await deleteWhere(session, "document_id", documentIds);
        // While a new index is filled, the older one answers: what was taken away is taken out of it too.
        if (collections.read !== collections.written)
          await deleteWhere(session, "document_id", documentIds, collections.read);
        await flush(session);
      });
    },

    listDocuments: (source) =>
      connection.use("reading the index", READ_TIMEOUT_MS, async (session) => {
        const hashes = new Map<string, string>();
        const filter = `source == ${milvusLiteral(source)}`;
        for await (const page of pages(session, filter, ["document_id", "content_hash"])) {
          for (const row of page) {
            const id = String(row["document_id"]);
            const hash = String(row["content_hash"]);
            hashes.set(id, (hashes.get(id) ?? hash) === hash ? hash : "");
          }
        }
        return hashes;
      }),

    async search({ searchText, audiences, sources, limit }) {
      if (searchText.trim() === "" || audiences.length === 0 || limit < 1) return [];
      return connection.use("searching", SEARCH_TIMEOUT_MS, async ({ client }) => {
        const reply = await client.search({
          collection_name: collections.read,
          anns_field: SPARSE_FIELD,
          data: searchText,
          // The SDK sends an empty metric by itself, which Milvus Lite refuses.
          metric_type: "BM25",
          filter: [
            `audience in ${milvusList(audiences)}`,
            ...(sources === undefined ? [] : [`source in ${milvusList(sources)}`]),
          ].join(" and "),
          limit,
          output_fields: [...OUTPUT_FIELDS],
          timeout: SEARCH_TIMEOUT_MS,
        });
        expectSuccess("searching", reply);
        // Milvus Lite's scores are negative and differ between segments: only the order counts.
        return reply.results.map((row, index): RankedChunk => ({ chunk: fromRow(row), rank: index + 1 }));
      });
    },

    sampleSearchTexts: (limit) =>
      connection.use("reading the index", READ_TIMEOUT_MS, async (session) => {
        const texts: string[] = [];
        for await (const page of pages(session, undefined, ["search_text"])) {
          texts.push(...page.map((row) => String(row["search_text"])));
          if (texts.length >= limit) break;
        }
        return texts.slice(0, limit);
      }),

    count: () =>
      connection.use("counting", READ_TIMEOUT_MS, async ({ client }) => {
        const reply = await client.count({ collection_name: collections.written });
        expectSuccess("counting", reply);
        return reply.data;
      }),

    publish: () =>
      write("switching the index", async ({ client }) => {
        if (collections.read === collections.written) return;
        await moveAlias(client, alias, collections);
        collections = { ...collections, read: collections.written };
      }),

    async close() {
      await writing;
      await connection.close();
    },
  };
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
