import type { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { setTimeout as sleep } from "node:timers/promises";
import { collectionRequest, SPARSE_FIELD } from "./milvus-schema.ts";
import { asError, expectSuccess, MilvusStatusError } from "./milvus-status.ts";

/** The collection that is written, and the one that the alias lets searches read; usually the same. */
export interface IndexCollections {
  written: string;
  read: string;
}

/**
 * Creates the collection of this version and the alias where they are missing, and loads what searches need: Milvus
 * Lite has every collection released after each of its starts. The alias moves to a new version only by `moveAlias`.
 */
export async function prepareCollections(
  client: MilvusClient,
  alias: string,
  version: string,
): Promise<IndexCollections> {
  const written = `${alias}_${version}`;
  if (!(await exists(client, written))) {
    try {
      const { FunctionType } = await import("@zilliz/milvus2-sdk-node");
      const request = collectionRequest(written, FunctionType.BM25);
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
  return { written, read: read ?? written };
}

/** The alias now names `written`; the older collection is dropped. */
export async function moveAlias(
  client: MilvusClient,
  alias: string,
  collections: IndexCollections,
): Promise<void> {
  const { written, read } = collections;
  expectSuccess("switching the index", await client.alterAlias({ collection_name: written, alias }));
  expectSuccess("dropping the older index", await client.dropCollection({ collection_name: read }));
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
