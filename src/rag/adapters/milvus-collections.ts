import type { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { collectionRequest, DENSE_FIELD, SPARSE_FIELD } from "./milvus-schema.ts";
import type { VectorSpace } from "../ports.ts";
import type { MilvusSession } from "./milvus-connection.ts";
import { asError, expectSuccess, MilvusStatusError } from "./milvus-status.ts";

/** The collection that is written, and the one that the alias lets searches read; usually the same. */
export interface IndexCollections {
  written: string;
  /** Whether `written` is there: a new version is made with the first document that is written to it. */
  isMade: boolean;
  read: string;
  /** Of the vectors in `read`; undefined: it has none. */
  readDimension?: number | undefined;
}

const TRIES = 3;

/**
 * Finds what is read and what is to be written, and loads it: Milvus Lite has every collection released after each of its
 * starts. Where there is no index at all, it is made. The alias moves to a new version only by `moveAlias`.
 */
export async function prepareCollections(
  session: MilvusSession,
  alias: string,
  version: string,
  dimension?: number,
): Promise<IndexCollections> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await prepareOnce(session, alias, version, dimension);
    } catch (error) {
      // Another process switched to a new index and dropped the one that was about to be loaded.
      if (!(error instanceof MilvusStatusError && error.isMissing) || tries === TRIES) throw error;
    }
  }
}

async function prepareOnce(
  session: MilvusSession,
  alias: string,
  version: string,
  dimension: number | undefined,
): Promise<IndexCollections> {
  const { client } = session;
  const written = `${alias}_${version}`;
  const read = await aliasTarget(client, alias, written);
  if (read === undefined) {
    await makeCollection(session, written, dimension);
    const reply = await client.createAlias({ collection_name: written, alias });
    // Another process may have named it at the same moment.
    if ((await aliasTarget(client, alias, written)) !== written) expectSuccess("naming the index", reply);
    return { written, isMade: true, read: written, readDimension: dimension };
  }
  const isMade = read === written || (await exists(client, written));
  for (const name of new Set([read, ...(isMade ? [written] : [])])) await makeReady(client, name);
  const readDimension = read === written ? dimension : await dimensionOf(client, read);
  return { written, isMade, read, readDimension };
}

/** Creates and loads the collection, if no other process has. */
export async function makeCollection(
  { client, isLite }: MilvusSession,
  name: string,
  dimension: number | undefined,
): Promise<void> {
  if (!(await exists(client, name))) {
    try {
      const { FunctionType } = await import("@zilliz/milvus2-sdk-node");
      const dense = dimension === undefined ? undefined : { dimension, isLite };
      const request = collectionRequest(name, FunctionType.BM25, dense);
      expectSuccess("creating the collection", await client.createCollection(request));
    } catch (thrown) {
      // Another process may have created it at the same moment.
      if (!(await exists(client, name))) throw asError("creating the collection", thrown);
    }
  }
  await makeReady(client, name);
}

async function makeReady(client: MilvusClient, name: string): Promise<void> {
  await load(client, name);
  await warmUp(client, name);
}

export async function moveAlias(client: MilvusClient, alias: string, written: string): Promise<void> {
  expectSuccess("switching the index", await client.alterAlias({ collection_name: written, alias }));
}

export async function dropCollection(client: MilvusClient, name: string): Promise<void> {
  expectSuccess("dropping the older index", await client.dropCollection({ collection_name: name }));
}

/** Indexes of embedders and tokens that nothing reads or writes any more. */
export async function dropLeftovers(
  client: MilvusClient,
  alias: string,
  { written, read }: IndexCollections,
): Promise<void> {
  const reply = await client.showCollections();
  expectSuccess("looking for older indexes", reply);
  const family = new RegExp(`^${alias}_v\\d+_t\\d+(?:_e[0-9a-f]{8})?$`);
  for (const { name } of reply.data)
    if (family.test(name) && name !== written && name !== read) await dropCollection(client, name);
}

async function dimensionOf(client: MilvusClient, name: string): Promise<number | undefined> {
  const reply = await client.describeCollection({ collection_name: name });
  expectSuccess("looking at the older index", reply);
  const dense = reply.schema.fields.find((field) => field.name === DENSE_FIELD);
  const dimension = Number(dense?.dim ?? dense?.type_params?.find(({ key }) => key === "dim")?.value);
  return Number.isInteger(dimension) ? dimension : undefined;
}

async function exists(client: MilvusClient, name: string): Promise<boolean> {
  const reply = await client.hasCollection({ collection_name: name });
  expectSuccess("looking for the collection", reply);
  return reply.value === true;
}

async function aliasTarget(
  client: MilvusClient,
  alias: string,
  anyName: string,
): Promise<string | undefined> {
  // The SDK insists on a collection's name, and the server does not look at it.
  const reply = await client.describeAlias({ alias, collection_name: anyName });
  try {
    expectSuccess("looking for the alias", reply);
  } catch (error) {
    // An alias that does not exist is an error to Milvus.
    if (error instanceof MilvusStatusError && /not (?:found|exist)|can't find/i.test(error.message))
      return undefined;
    throw error;
  }
  return reply.collection;
}

/** The SDK's own waiting takes 0.4 s at least, also when Milvus Lite has loaded at once. */
async function load(client: MilvusClient, name: string): Promise<void> {
  const request = { collection_name: name, timeout: 60_000 };
  expectSuccess("loading the index", await client.loadCollectionAsync(request));
  for (;;) {
    const reply = await client.getLoadingProgress({ collection_name: name });
    expectSuccess("loading the index", reply);
    if (Number(reply.progress) >= 100) return;
    await sleep(50);
  }
}

/** The first sparse search after a load builds the postings, seconds on a large index: nobody shall wait for it. */
async function warmUp(client: MilvusClient, name: string): Promise<void> {
  const reply = await client.search({
    collection_name: name,
    anns_field: SPARSE_FIELD,
    data: "warm",
    metric_type: "BM25",
    limit: 1,
    output_fields: ["id"],
    timeout: 60_000,
  });
  expectSuccess("warming up the index", reply);
}

/** Vectors of another embedder are in a collection of their own. */
export function versionOf(version: string, space: VectorSpace | undefined): string {
  if (space === undefined) return version;
  const hash = createHash("sha256")
    .update(JSON.stringify([space.model, space.dimension]))
    .digest("hex");
  return `${version}_e${hash.slice(0, 8)}`;
}
