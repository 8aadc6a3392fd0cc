import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VectorIndex } from "#src/rag/ports.ts";
import { tokenize } from "#src/rag/tokenize.ts";
import { chunkFixture } from "#test/fixtures/chunks.ts";

/** What an index must do, whatever stores it. `open` gives an empty one each time. */
export function vectorIndexContract(name: string, create: () => Promise<VectorIndex>): void {
  describe(`vector index in ${name}`, () => {
    let index: VectorIndex;
    beforeEach(async () => {
      index = await create();
      await index.open();
    });
    afterEach(() => index.close());

    const search = (text: string, audiences: readonly string[] = ["public"], limit = 10) =>
      index.search({ searchText: tokenize(text).join(" "), audiences, limit });
    const found = async (text: string, audiences?: readonly string[], limit?: number) =>
      (await search(text, audiences, limit)).map((hit) => hit.chunk.documentId);

    it("searches within some of the sources alone", async () => {
      await index.upsert([
        chunkFixture("guide", "kubelet restarts", { source: "guides" }),
        chunkFixture("wiki", "kubelet restarts", { source: "wiki" }),
      ]);

      const inSources = async (sources: readonly string[]) =>
        (await index.search({ searchText: "kubelet", audiences: ["public"], sources, limit: 10 })).map(
          (hit) => hit.chunk.documentId,
        );

      expect(await inSources(["wiki"])).toEqual(await inSources(["wiki", "elsewhere"]));
      expect(await inSources(["wiki"])).toHaveLength(1);
      expect(await inSources(["guides", "wiki"])).toHaveLength(2);
      expect(await inSources(["elsewhere"])).toEqual([]);
    });

    it("gives back a chunk as it was written, at once", async () => {
      const chunk = chunkFixture("retries", '체크포인트에서 다시 시작 `retryStrategy` "quoted" \\ 😀', {
        headings: ["Runs", '다시 하기 "now"'],
        anchor: "다시-하기",
        language: "ko",
        updatedAtMs: 1_764_000_000_123,
      });

      await index.upsert([chunk]);

      expect(await search("체크포인트")).toEqual([{ chunk, rank: 1 }]);
    });

    it("ranks by BM25, also across batches written one after the other", async () => {
      await index.upsert([
        chunkFixture(
          "queue",
          "A run waits in the queue until GPUs are free. The queue is first in, first out.",
        ),
        chunkFixture("nodes", "Nodes carry eight GPUs each."),
        ...Array.from({ length: 20 }, (_, number) =>
          chunkFixture(`other-${number}`, `Notes about topic ${number}.`),
        ),
      ]);
      await index.upsert([chunkFixture("late", "The order of the queue, explained.")]);

      const ids = await found("How long does my run wait in the queue?");

      expect(ids[0]).toBe("docs:queue");
      expect(ids).toContain("docs:late");
      expect(ids).not.toContain("docs:nodes");
    });

    it("finds Korean words whatever their particles", async () => {
      await index.upsert([
        chunkFixture("ko", "실패한 학습은 재시도 단추로 다시 돌려요."),
        chunkFixture("other", "노드의 메모리를 봐요."),
      ]);

      expect(await found("재시도를 하려면")).toEqual(["docs:ko"]);
    });

    it("never shows a chunk to other readers, however well it fits", async () => {
      await index.upsert([
        chunkFixture("open", "The salary table."),
        chunkFixture("closed", "The salary table of leads, salary by salary.", { audience: "aud.7f-2" }),
      ]);

      expect(await found("salary")).toEqual(["docs:open"]);
      expect((await found("salary", ["public", "aud.7f-2"])).sort()).toEqual(["docs:closed", "docs:open"]);
      expect(await found("salary", [])).toEqual([]);
      expect(await found("salary", ['x" or "1" == "1', "x' or 1 == 1", "\\"])).toEqual([]);
    });

    it("returns nothing for a query without tokens or without hits, and no more than asked for", async () => {
      await index.upsert(
        Array.from({ length: 8 }, (_, number) => chunkFixture(`page-${number}`, "gpu nodes")),
      );

      expect(await found("")).toEqual([]);
      expect(await found("zebra")).toEqual([]);
      expect(await found("gpu", ["public"], 3)).toHaveLength(3);
      expect(await found("gpu", ["public"], 0)).toEqual([]);
    });

    it("replaces all chunks of a document, and none of others", async () => {
      const piece = (number: number, text: string) =>
        chunkFixture("long", text, { id: `docs:long:${number}`, documentId: "docs:long" });
      await index.upsert([
        piece(0, "alpha one"),
        piece(1, "beta two"),
        piece(2, "gamma three"),
        chunkFixture("other", "gamma"),
      ]);

      await index.upsert([piece(0, "delta four")]);

      expect(await index.count()).toBe(2);
      expect(await found("gamma")).toEqual(["docs:other"]);
      expect(await found("alpha beta")).toEqual([]);
      expect(await found("delta")).toEqual(["docs:long"]);
    });

    it("deletes whole documents and bears unknown ones", async () => {
      await index.upsert([chunkFixture("a", "gpu"), chunkFixture("b", "gpu")]);

      await index.deleteDocuments(["docs:a", 'docs:none"] or id != "', "docs:none"]);
      await index.deleteDocuments([]);

      expect(await found("gpu")).toEqual(["docs:b"]);
    });

    it("lists the hashes of one source, empty where a document's chunks disagree", async () => {
      const half = (number: number, contentHash: string) =>
        chunkFixture("torn", "text", { id: `docs:torn:${number}`, documentId: "docs:torn", contentHash });
      await index.upsert([chunkFixture("a", "text"), half(0, "new"), half(1, "old")]);
      await index.upsert([chunkFixture("wiki", "text", { source: "wiki", documentId: "wiki:1" })]);

      expect(await index.listDocuments("docs")).toEqual(
        new Map([
          ["docs:a", "hash-of-a"],
          ["docs:torn", ""],
        ]),
      );
      expect(await index.listDocuments("nothing")).toEqual(new Map());
    });

    it("lists and samples more rows than fit a page, each once", async () => {
      const rows = Array.from({ length: 4_500 }, (_, number) =>
        chunkFixture(`n${number}`, `word number${number}`),
      );
      for (let start = 0; start < rows.length; start += 1_500)
        await index.upsert(rows.slice(start, start + 1_500));

      expect((await index.listDocuments("docs")).size).toBe(4_500);
      expect(new Set(await index.sampleSearchTexts(10_000)).size).toBe(4_500);
      expect(await index.sampleSearchTexts(100)).toHaveLength(100);
      expect(await index.count()).toBe(4_500);
    });

    it.each([
      ["an id with a quote", { id: 'a"b' }],
      ["a source with a space", { source: "my docs" }],
      ["an audience in Korean", { audience: "팀" }],
      ["a text of 66,000 bytes", { text: "가".repeat(22_000) }],
    ])("refuses %s and writes nothing", async (_, overrides) => {
      await expect(
        index.upsert([chunkFixture("fine", "gpu"), chunkFixture("bad", "gpu", overrides)]),
      ).rejects.toThrow(RangeError);

      expect(await index.count()).toBe(0);
    });

    describe("with vectors", () => {
      const toward = (...parts: number[]): Float32Array => {
        const length = Math.hypot(...parts);
        return Float32Array.from([0, 1, 2, 3], (place) => (parts[place] ?? 0) / length);
      };
      const near = async (
        vector: Float32Array,
        more: { searchText?: string; audiences?: readonly string[]; sources?: readonly string[] } = {},
      ) => {
        const hits = await index.search({
          searchText: "",
          audiences: ["public"],
          limit: 10,
          vector,
          ...more,
        });
        return hits.map(({ chunk }) => chunk.documentId);
      };
      beforeEach(async () => {
        await index.useVectors({ model: "m", dimension: 4 });
        await index.publish({ chunks: 0 });
      });

      it("finds the nearest chunks without a word in common, and merges them with those that have one", async () => {
        await index.upsert([
          chunkFixture("retry", "gpu retry", { vector: toward(1, 0, 0, 0) }),
          chunkFixture("again", "다시 하기", { vector: toward(1, 0.2, 0, 0) }),
          chunkFixture("lunch", "lunch menu", { vector: toward(0, 0, 0, 1) }),
        ]);

        expect((await near(toward(1, 0.2, 0, 0))).slice(0, 2)).toEqual(["docs:again", "docs:retry"]);
        expect((await near(toward(1, 0.2, 0, 0), { searchText: "retry" })).slice(0, 2)).toEqual([
          "docs:retry",
          "docs:again",
        ]);
        expect(await found("retry")).toEqual(["docs:retry"]);
      });

      it("gives back the vectors with the chunks", async () => {
        const vector = toward(0.6, 0.8);
        await index.upsert([chunkFixture("a", "gpu", { vector }), chunkFixture("b", "gpu")]);

        const hits = await index.search({ searchText: "gpu", audiences: ["public"], limit: 10, vector });

        expect(new Map(hits.map(({ chunk }) => [chunk.documentId, chunk.vector]))).toEqual(
          new Map([
            ["docs:a", vector],
            ["docs:b", undefined],
          ]),
        );
      });

      it("shows a near chunk to other readers as little as one with the word, and keeps to the sources", async () => {
        const vector = toward(1);
        await index.upsert([
          chunkFixture("open", "gpu", { vector }),
          chunkFixture("closed", "gpu", { vector, audience: "leads" }),
          chunkFixture("wiki", "gpu", { vector, source: "wiki" }),
        ]);

        expect((await near(vector)).sort()).toEqual(["docs:open", "docs:wiki"]);
        expect((await near(vector, { searchText: "gpu" })).sort()).toEqual(["docs:open", "docs:wiki"]);
        expect(await near(vector, { sources: ["wiki"], searchText: "gpu" })).toEqual(["docs:wiki"]);
        expect(await near(vector, { audiences: [] })).toEqual([]);
      });

      it("finds by words what has no vector yet, tells of it, and takes its vector later", async () => {
        const chunk = chunkFixture("late", "gpu");
        await index.upsert([chunk, chunkFixture("other", "cpu", { source: "wiki", vector: toward(0, 1) })]);

        expect(await near(toward(1))).not.toContain("docs:late");
        expect(await near(toward(1), { searchText: "gpu" })).toContain("docs:late");
        expect(await index.listWithoutVectors("docs", 10)).toEqual([chunk]);
        expect(await index.countWithoutVectors("docs", ["public"])).toBe(1);
        expect(await index.countWithoutVectors("docs", ["leads"])).toBe(0);
        expect(await index.countWithoutVectors("wiki", ["public"])).toBe(0);

        await index.addVectors([{ ...chunk, vector: toward(1) }]);

        expect((await near(toward(1)))[0]).toBe("docs:late");
        expect(await index.listWithoutVectors("docs", 10)).toEqual([]);
      });

      it("gives no vector to what was deleted or changed meanwhile, and does not bring it back", async () => {
        const gone = chunkFixture("gone", "gpu");
        const changed = chunkFixture("changed", "gpu");
        await index.upsert([gone, changed]);
        await index.deleteDocuments(["docs:gone"]);
        await index.upsert([{ ...changed, text: "cpu", searchText: "cpu", contentHash: "next" }]);

        await index.addVectors([gone, changed].map((chunk) => ({ ...chunk, vector: toward(1) })));

        expect(await index.count()).toBe(1);
        expect(await found("gpu")).toEqual([]);
        expect(await index.listWithoutVectors("docs", 10)).toMatchObject([{ contentHash: "next" }]);
      });

      it("bears a question's vector of another length: words alone", async () => {
        await index.upsert([chunkFixture("a", "gpu", { vector: toward(1) })]);

        expect(await near(Float32Array.from([1, 0]), { searchText: "gpu" })).toEqual(["docs:a"]);
      });
    });

    it("survives writers and readers at the same time", async () => {
      const write = (writer: number) =>
        index.upsert(
          Array.from({ length: 20 }, (__, number) =>
            chunkFixture(`w${writer}-${number}`, `shared word${writer}`),
          ),
        );

      await Promise.all([
        ...Array.from({ length: 8 }, (_, writer) => write(writer)),
        found("shared"),
        found("shared"),
      ]);

      expect(await index.count()).toBe(160);
      expect(await found("word7", ["public"], 50)).toHaveLength(20);
    });
  });
}
