import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { DataType, MilvusClient } from "@zilliz/milvus2-sdk-node";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { milvusList, milvusLiteral } from "#src/rag/adapters/milvus-literal.ts";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { startMilvusLite } from "#src/rag/adapters/start-milvus-lite.ts";
import { SearchUnavailableError, type VectorIndex } from "#src/rag/ports.ts";
import { TOKENIZER_VERSION } from "#src/rag/tokenize.ts";
import { vectorIndexContract } from "#test/contracts/vector-index-contract.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { chunkFixture } from "#test/fixtures/chunks.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { waitUntil } from "#test/wait-until.ts";

let milvus: Awaited<ReturnType<typeof startTestMilvus>>;
let client: MilvusClient;
beforeAll(async () => {
  milvus = await startTestMilvus();
  client = new MilvusClient({
    address: milvus.address,
    logLevel: "error",
    channelOptions: { "grpc.keepalive_time_ms": 60_000 },
  });
  await client.connectPromise;
});
afterAll(async () => {
  await client.closeConnection();
  await milvus.close();
});

const opened: VectorIndex[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((index) => index.close()));
});
const newName = (): string => `t${randomBytes(6).toString("hex")}`;
function indexAt(address: string | (() => string), collection = newName(), version?: string): VectorIndex {
  const index = createMilvusVectorIndex({
    address,
    collection,
    ...(version === undefined ? {} : { version }),
  });
  opened.push(index);
  return index;
}
const gpuSearch = { searchText: "gpu", audiences: ["public"], limit: 5 };

vectorIndexContract("memory", async () => createInMemoryVectorIndex());
vectorIndexContract("Milvus Lite", async () =>
  createMilvusVectorIndex({ address: milvus.address, collection: newName() }),
);

describe("what Milvus Lite would get wrong", () => {
  it("keeps written rows in files with an index, not in memory", async () => {
    const index = indexAt(milvus.address, "flushed");

    await index.upsert([chunkFixture("a", "gpu")]);

    const files = await readdir(join(milvus.folder, "milvus"), { recursive: true });
    expect(files.filter((file) => file.includes("flushed_v1") && file.endsWith(".parquet"))).not.toEqual([]);
  });

  it("writes no field of its own making, no array and no vector but the one of BM25", async () => {
    const name = newName();
    await indexAt(milvus.address, name).open();

    const { schema } = await client.describeCollection({ collection_name: name });

    const types = Object.fromEntries(schema.fields.map((field) => [field.name, field.data_type]));
    expect(types["audience"]).toBe("VarChar");
    expect(Object.values(types).filter((type) => type !== "VarChar" && type !== "Int64")).toEqual([
      "SparseFloatVector",
    ]);
    expect(schema.enable_dynamic_field).toBe(false);
    expect(schema.functions?.[0]).toMatchObject({
      input_field_names: ["search_text"],
      output_field_names: ["sparse"],
    });
  });

  it("asks for BM25 with our own k1 and b, which Lite would choose otherwise", async () => {
    const name = newName();
    await indexAt(milvus.address, name).open();

    const { index_descriptions: found } = await client.describeIndex({
      collection_name: `${name}_v1_t${TOKENIZER_VERSION}`,
    });

    const parameters = JSON.stringify(found.map((one) => one.params));
    expect(parameters).toContain("BM25");
    expect(parameters).toMatch(/bm25_k1[^}]*1\.2/);
    expect(parameters).toMatch(/bm25_b[^}]*0\.75/);
  });

  it("returns an error when the collection was dropped under it, and makes it again", async () => {
    const name = newName();
    const index = indexAt(milvus.address, name);
    await index.upsert([chunkFixture("a", "gpu")]);
    await client.dropAlias({ alias: name });
    await client.dropCollection({ collection_name: `${name}_v1_t${TOKENIZER_VERSION}` });

    await expect(index.search(gpuSearch)).rejects.toThrow();

    expect(await waitUntil("an answer", () => index.search(gpuSearch).catch(() => undefined))).toEqual([]);
    await index.upsert([chunkFixture("a", "gpu")]);
    expect(await index.search(gpuSearch)).toHaveLength(1);
  });

  it("quotes any text so that it is found as itself and as nothing else", async () => {
    const name = newName();
    await client.createCollection({
      collection_name: name,
      fields: [
        { name: "id", data_type: DataType.VarChar, is_primary_key: true, max_length: 1_000 },
        { name: "v", data_type: DataType.FloatVector, dim: 2 },
      ],
      index_params: [{ field_name: "v", index_type: "FLAT", metric_type: "COSINE" }],
    });
    const nasty = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc
        .array(
          fc.constantFrom(
            '"',
            "'",
            "\\",
            "\\n",
            "\n",
            "\r",
            "\t",
            " or 1 == 1",
            '"]',
            "{x}",
            "%",
            "한",
            "\u0000",
            "\u2028",
            "😀",
          ),
          { maxLength: 8 },
        )
        .map((parts) => parts.join("")),
    );
    const texts = fc.sample(nasty, { numRuns: 400, seed: 7 });
    const unique = [...new Set(texts.filter((text) => text !== ""))];
    await client.upsert({ collection_name: name, data: unique.map((id) => ({ id, v: [1, 0] })) });

    for (const text of unique) {
      for (const filter of [`id == ${milvusLiteral(text)}`, `id in ${milvusList([text, "absent"])}`]) {
        const reply = await client.query({ collection_name: name, filter, output_fields: ["id"] });
        expect([filter, reply.status.reason, reply.data.map((row) => row["id"])]).toEqual([
          filter,
          "",
          [text],
        ]);
      }
    }
    expect(() => milvusLiteral("\ud800")).toThrow(RangeError);
  });

  it("writes a new version of the index beside the old one, which is read until it is published", async () => {
    const name = newName();
    const old = indexAt(milvus.address, name, "v0");
    await old.upsert([chunkFixture("old", "gpu")]);
    const next = indexAt(milvus.address, name, "v9");
    await next.upsert([chunkFixture("new", "gpu")]);
    const pages = async (index: VectorIndex) =>
      (await index.search(gpuSearch)).map((hit) => hit.chunk.path).sort();

    expect(await pages(next)).toEqual(["new.md", "old.md"]);
    expect(await next.listDocuments("docs")).toEqual(
      new Map([
        ["docs:new", "hash-of-new"],
        ["docs:old", ""],
      ]),
    );
    expect(await next.publish({ chunks: 2 })).toBe("incomplete");
    expect(await pages(next)).toEqual(["new.md", "old.md"]);
    await next.publish({ chunks: 1 });
    await next.publish({ chunks: 1 });

    expect(await pages(next)).toEqual(["new.md"]);
    expect(await pages(indexAt(milvus.address, name, "v9"))).toEqual(["new.md"]);
    expect((await client.hasCollection({ collection_name: `${name}_v0` })).value).toBe(false);
  });

  it("takes what is deleted out of both versions: what some may no longer read is found in neither", async () => {
    const name = newName();
    const old = indexAt(milvus.address, name, "v0");
    await old.upsert([chunkFixture("a", "gpu"), chunkFixture("b", "gpu")]);
    const next = indexAt(milvus.address, name, "v9");
    await next.upsert([chunkFixture("a", "gpu")]);

    await next.deleteDocuments(["docs:a"]);

    for (const index of [old, next])
      expect((await index.search(gpuSearch)).map((hit) => hit.chunk.path)).toEqual(["b.md"]);
    expect(await next.count()).toBe(0);
  });

  it("answers from the older index what changed meanwhile as it is now, and nothing that was deleted", async () => {
    const index = indexAt(milvus.address);
    const vector = Float32Array.from([1, 0]);
    const page = (id: string, text: string, contentHash = "1") => chunkFixture(id, text, { contentHash });
    await index.upsert([
      page("same", "gpu"),
      page("changed", "gpu"),
      page("gone", "gpu"),
      page("closed", "gpu"),
    ]);

    await index.useVectors({ model: "m", dimension: 2 });
    await index.upsert([{ ...page("same", "gpu"), vector }, page("changed", "cpu", "2"), page("new", "gpu")]);
    await index.upsert([{ ...page("closed", "gpu", "2"), audience: "leads" }]);
    await index.deleteDocuments(["docs:gone"]);
    const found = async () =>
      (await index.search({ ...gpuSearch, vector })).map(({ chunk }) => chunk.documentId).sort();

    expect(await found()).toEqual(["docs:new", "docs:same"]);
    expect(await index.publish({ chunks: 4 })).toBe("published");
    expect(await found()).toEqual(["docs:new", "docs:same"]);
    expect(await index.listWithoutVectors("docs", 10)).toHaveLength(3);
  });

  it("answers all the while that one process switches to another index and the others have not heard of it", async () => {
    const name = newName();
    const [writer, reader] = [indexAt(milvus.address, name), indexAt(milvus.address, name)];
    await writer.upsert([chunkFixture("a", "gpu")]);
    await reader.open();
    const over = new AbortController();
    const answers: number[] = [];
    const asking = [writer, reader].map(async (index) => {
      while (!over.signal.aborted) answers.push((await index.search(gpuSearch)).length);
    });

    for (const dimension of [2, 3, 4]) {
      await writer.useVectors({ model: "m", dimension });
      await writer.upsert([chunkFixture("a", "gpu")]);
      expect(await writer.publish({ chunks: 1 })).toBe("published");
    }
    over.abort();
    await Promise.all(asking);

    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(answers)).toEqual(new Set([1]));
  });

  it("opens once for callers that come together, and when two processes create the index at once", async () => {
    const name = newName();
    const indexes = [indexAt(milvus.address, name), indexAt(milvus.address, name)];

    await Promise.all(indexes.flatMap((index) => [index.open(), index.count(), index.search(gpuSearch)]));

    expect(await indexes[0]?.count()).toBe(0);
  });
});

describe("an index whose server is away", () => {
  it("says so within four seconds when nothing listens, and when what listens is silent", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;

    for (const where of ["127.0.0.1:1", `127.0.0.1:${port}`]) {
      const startedMs = performance.now();
      await expect(indexAt(where).search(gpuSearch)).rejects.toThrow(SearchUnavailableError);
      expect(performance.now() - startedMs).toBeLessThan(4_000);
    }
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => silent.close(done));
  });

  it("comes back by itself after the server was killed, with everything that was written", async () => {
    const own = await startTestMilvus();
    try {
      const index = indexAt(() => own.address);
      await index.upsert([chunkFixture("a", "gpu"), chunkFixture("b", "cpu")]);
      const { address, pid } = own;

      process.kill(pid ?? 0, "SIGKILL");
      await waitUntil("an outage", () =>
        index.search(gpuSearch).then(
          () => false,
          (error) => error instanceof SearchUnavailableError,
        ),
      );
      const hits = await waitUntil("an answer", () => index.search(gpuSearch).catch(() => undefined));

      expect(hits.map((hit) => hit.chunk.path)).toEqual(["a.md"]);
      expect(await index.count()).toBe(2);
      expect(own.address).toBe(address);
      expect(own.pid).not.toBe(pid);
    } finally {
      await own.close();
    }
  });

  it("bears a frozen server: an error in four seconds, and answers when it goes on", async () => {
    const own = await startTestMilvus();
    try {
      const index = indexAt(own.address);
      await index.upsert([chunkFixture("a", "gpu")]);

      await freeze(own.pid ?? 0);
      const startedMs = performance.now();
      await expect(index.search(gpuSearch)).rejects.toThrow(SearchUnavailableError);
      expect(performance.now() - startedMs).toBeLessThan(4_000);
      process.kill(own.pid ?? 0, "SIGCONT");

      expect(await waitUntil("an answer", () => index.search(gpuSearch).catch(() => undefined))).toHaveLength(
        1,
      );
    } finally {
      process.kill(own.pid ?? 0, "SIGCONT");
      await own.close();
    }
  });
});

/** The signal is delivered to each thread in its own time. */
async function freeze(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await waitUntil("every thread to stand still", async () => {
    const threads = await readdir(`/proc/${pid}/task`);
    const stats = await Promise.all(
      threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, "utf8")),
    );
    return stats.every((stat) => stat.split(") ").at(-1)?.startsWith("T"));
  });
}

describe("the server process", () => {
  const cacheDir = process.env["JIBSA_CACHE_DIR"] ?? join(homedir(), ".cache", "jibsa");
  const python = join(cacheDir, "milvus-lite-3.2.2-pymilvus-3.0.2", "bin", "python");
  const launcher = join(import.meta.dirname, "../../src/rag/adapters/milvus-lite-server.py");

  function launch(...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(python, ["-I", launcher, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (part) => (output += String(part)));
    child.stderr.on("data", (part) => (output += String(part)));
    return new Promise((done) => child.once("close", (code) => done({ code, output })));
  }

  it("shares neither its port nor its folder", async () => {
    const port = milvus.address.split(":")[1] ?? "";
    const parent = String(process.pid);

    const [samePort, sameFolder] = await Promise.all([
      launch(join(milvus.folder, "second"), port, parent),
      launch(join(milvus.folder, "milvus"), "0", parent),
    ]);

    expect(samePort.code).toBe(98);
    expect(sameFolder.code).toBe(97);
  });

  it("ends when its parent is gone", async () => {
    const { code, output } = await launch(join(milvus.folder, "orphan"), "0", "999999999");

    expect(output).toMatch(/^READY \d+/);
    expect(code).toBe(0);
  });

  it("refuses a folder that another process uses, with a way out", async () => {
    await expect(startMilvusLite({ dataDir: join(milvus.folder, "milvus"), cacheDir })).rejects.toMatchObject(
      {
        kind: "data-locked",
        message: expect.stringContaining("take another data folder") as unknown,
      },
    );
  });
});
