import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { vectorIndexContract } from "#test/contracts/vector-index-contract.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";

let milvus: Awaited<ReturnType<typeof startTestMilvus>>;
beforeAll(async () => {
  milvus = await startTestMilvus();
});
afterAll(() => milvus.close());

vectorIndexContract("memory", async () => createInMemoryVectorIndex());
vectorIndexContract("Milvus Lite", async () =>
  createMilvusVectorIndex({ address: milvus.address, collection: `t${randomBytes(6).toString("hex")}` }),
);
