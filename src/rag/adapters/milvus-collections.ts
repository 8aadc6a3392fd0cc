import type { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { setTimeout as sleep } from "node:timers/promises";
import { collectionRequest, DENSE_FIELD, SPARSE_FIELD } from "./milvus-schema.ts";
import type { MilvusSession } from "./milvus-connection.ts";
import { asError, expectSuccess, MilvusStatusError } from "./milvus-status.ts";

/** The collection that is written, and the one that the alias lets searches read; usually the same. */
export interface IndexCollections {
  written: string;
  read: string;
  /** Of the vectors in `read`; undefined: it has none. */
  readDimension?: number | undefined;
}

/**
 * Creates the collection of this version and the alias where they are missing, and loads what searches need: Milvus
 * Lite has every collection released after each of its starts. The alias moves to a new version only by `moveAlias`.
 */
export async function prepareCollections(
  { client, isLite }: MilvusSession,
  alias: string,
  version: string,
  dimension?: number,
): Promise<IndexCollections> {
  const written = `${alias}_${version}`;
  if (!(await exists(client, written))) {
    try {
      const { FunctionType } = await import("@zilliz/milvus2-sdk-node");
      const request = collectionRequest(
        written,
        FunctionType.BM25,
        dimension === undefined ? undefined : { dimension, isLite },
      );
      expectSuccess("creating the collection", await client.createCollection(request));
    } catch (thrown) {
      // Another process may have created it at the same moment.
      if (!(await exists(client, written))) throw asError("creating the collection", thrown);
    }
  }
  const read = await aliasTarget(client, alias, written);
  if (read === undefined)
    expectSuccess("naming the index", await client.createAlias({ collection_name: written, alias }));
  for (const name of new Set([written, read ?? written])) {
    await load(client, name);
    await warmUp(client, name);
  }
  return {
    written,
    read: read ?? written,
    readDimension: read === undefined || read === written ? dimension : await dimensionOf(client, read),
  };
}

export async function moveAlias(client: MilvusClient, alias: string, written: string): Promise<void> {
  expectSuccess("switching the index", await client.alterAlias({ collection_name: written, alias }));
}

export async function dropCollection(client: MilvusClient, name: string): Promise<void> {
  expectSuccess("dropping the older index", await client.dropCollection({ collection_name: name }));
}

/** Indexes of embedders and tokens that nothing reads or writes any more. `which`: only those without a row, or all. */
export async function dropLeftovers(
  client: MilvusClient,
  alias: string,
  { written, read }: IndexCollections,
  which: "empty" | "all",
): Promise<void> {
  const reply = await client.showCollections();
  expectSuccess("looking for older indexes", reply);
  const family = new RegExp(`^${alias}_v\\d+_t\\d+(?:_e[0-9a-f]{8})?$`);
  for (const { name } of reply.data) {
    if (!family.test(name) || name === written || name === read) continue;
    if (which === "empty") {
      const count = await client.count({ collection_name: name });
      expectSuccess("counting", count);
      if (count.data > 0) continue;
    }
    await dropCollection(client, name);
  }
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
