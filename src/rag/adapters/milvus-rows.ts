import { milvusList, milvusLiteral } from "./milvus-literal.ts";
import type { MilvusSession } from "./milvus-connection.ts";
import type { ChunkRow } from "./milvus-schema.ts";
import { expectSuccess } from "./milvus-status.ts";

export const READ_TIMEOUT_MS = 30_000;
export const WRITE_TIMEOUT_MS = 120_000;
const ROWS_PER_WRITE = 1_000;
const ROWS_PER_PAGE = 2_000;
const IDS_PER_FILTER = 500;

type Row = Readonly<Record<string, unknown>>;

/** Rows in the order of their ids. Without `iterator` Milvus Lite pages in no order and loses rows. */
export async function* readPages(
  { client }: MilvusSession,
  collection: string,
  filter: string | undefined,
  fields: readonly string[],
  rowsPerPage = ROWS_PER_PAGE,
): AsyncGenerator<readonly Row[]> {
  for (let last = ""; ;) {
    const after = `id > ${milvusLiteral(last)}`;
    const reply = await client.query({
      collection_name: collection,
      filter: filter === undefined ? after : `${filter} and ${after}`,
      output_fields: ["id", ...fields],
      limit: rowsPerPage,
      params: { iterator: true, reduce_stop_for_best: true },
      timeout: READ_TIMEOUT_MS,
    });
    expectSuccess("reading the index", reply);
    if (reply.data.length > 0) yield reply.data;
    if (reply.data.length < rowsPerPage) return;
    last = String(reply.data.at(-1)?.["id"]);
  }
}

/** Rows whose `field` is one of many values. */
export async function readWhere(
  session: MilvusSession,
  collection: string,
  field: "id" | "document_id",
  values: readonly string[],
  fields: readonly string[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of inGroups(values, IDS_PER_FILTER))
    for await (const page of readPages(session, collection, `${field} in ${milvusList(some)}`, fields))
      rows.push(...page);
  return rows;
}

/** The documents of these rows consist of these rows alone afterwards. */
export async function replaceDocuments(
  session: MilvusSession,
  collection: string,
  rows: readonly ChunkRow[],
): Promise<void> {
  const documentIds = [...new Set(rows.map((row) => row.document_id))];
  const written = new Set(rows.map((row) => row.id));
  const known = await readWhere(session, collection, "document_id", documentIds, []);
  const stale = known.map((row) => String(row["id"])).filter((id) => !written.has(id));
  await upsertRows(session, collection, rows);
  if (stale.length > 0) await deleteRows(session, collection, "id", stale);
}

export async function upsertRows(
  session: MilvusSession,
  collection: string,
  rows: readonly ChunkRow[],
): Promise<void> {
  for (const some of inGroups(rows, ROWS_PER_WRITE)) {
    // Never insert: Milvus keeps both rows of a repeated id.
    const reply = await session.client.upsert({
      collection_name: collection,
      data: some.map((row) => ({ ...row })),
      timeout: WRITE_TIMEOUT_MS,
    });
    expectSuccess("writing to the index", reply);
    await flush(session, collection);
  }
}

export async function deleteRows(
  session: MilvusSession,
  collection: string,
  field: "id" | "document_id",
  values: readonly string[],
): Promise<void> {
  for (const some of inGroups(values, IDS_PER_FILTER)) {
    const filter = `${field} in ${milvusList(some)}`;
    const reply = await session.client.delete({ collection_name: collection, filter });
    expectSuccess("deleting from the index", reply);
  }
  await flush(session, collection);
}

export async function countRows(
  { client }: MilvusSession,
  collection: string,
  filter?: string,
): Promise<number> {
  const reply = await client.count({
    collection_name: collection,
    ...(filter !== undefined && { expr: filter }),
  });
  expectSuccess("counting", reply);
  return reply.data;
}

/** Rows that are not flushed have no index on Milvus Lite: every search would read them one by one. */
async function flush({ client, isLite }: MilvusSession, collection: string): Promise<void> {
  if (!isLite) return;
  const reply = await client.flush({ collection_names: [collection], timeout: WRITE_TIMEOUT_MS });
  expectSuccess("flushing the index", reply);
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
