import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DocumentConverter } from "#src/rag/document-converter.ts";
import type { DocumentSource, FetchedDocument } from "#src/rag/document-source.ts";
import { indexSource } from "#src/rag/index-source.ts";
import { tokenize } from "#src/rag/tokenize.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";

/** A source with something behind it that can be changed. */
export interface SourceWorld {
  source: DocumentSource;
  /** Where pages have no files: their names, forms and addresses are the system's own. */
  own?: {
    pathOf(path: string): string;
    textOf(document: FetchedDocument): string;
    linkOf(path: string): string;
    format: FetchedDocument["format"];
  };
  converter?: DocumentConverter;
  put(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** From now on nothing of it can be reached. */
  takeAway(): Promise<void>;
  close(): Promise<void>;
}

/** What a source of documents must do, wherever they come from. `create` gives an empty one each time. */
export function documentSourceContract(
  name: string,
  create: () => Promise<SourceWorld>,
  openStore: () => Promise<Store>,
): void {
  describe(`documents of ${name}`, () => {
    let world: SourceWorld;
    let store: Store;
    let index: ReturnType<typeof createInMemoryVectorIndex>;
    beforeEach(async () => {
      [world, store] = [await create(), await openStore()];
      index = createInMemoryVectorIndex();
      await world.put("guides/retry.md", "# Retry\n\nA failed run is started again.\n");
      await world.put("queue.md", "# Queue\n\nRuns wait for GPUs.\n");
      await world.put("nodes.txt", "Eight H100 in each node.\n");
    });
    afterEach(() => world.close());

    const marks = async () =>
      new Map((await world.source.list()).documents.map(({ path, mark }) => [path, mark]));
    const pathOf = (path: string) => world.own?.pathOf(path) ?? path;
    const pathsOf = (...paths: string[]) => paths.map(pathOf).toSorted();
    const textOf = (page: FetchedDocument) => world.own?.textOf(page) ?? page.bytes.toString("utf8");
    const text = async (path: string) => textOf(await world.source.read(pathOf(path)));
    const sync = (signal?: AbortSignal, onProgress?: (done: number) => void) =>
      indexSource(
        {
          store,
          index,
          converter: world.converter,
          logger: pino({ level: "silent" }),
          now: () => new Date(),
        },
        world.source,
        { ...(signal !== undefined && { signal }), onProgress: ({ done }) => onProgress?.(done) },
      );
    const find = async (question: string) =>
      (await index.search({ searchText: tokenize(question).join(" "), audiences: ["public"], limit: 5 })).map(
        ({ chunk }) => chunk.path,
      );

    it("are listed by paths that stay, each with a mark that stays while nothing changes", async () => {
      const first = await marks();
      const second = await marks();

      expect([...first.keys()].toSorted()).toEqual(pathsOf("guides/retry.md", "nodes.txt", "queue.md"));
      expect(second).toEqual(first);
      expect([...first.values()]).not.toContain(undefined);
    });

    it("get another mark when they change, and the others keep theirs", async () => {
      const before = await marks();

      await world.put("queue.md", "# Queue\n\nRuns wait for A100.\n");
      const after = await marks();

      expect(after.get(pathOf("queue.md"))).not.toBe(before.get(pathOf("queue.md")));
      expect(after.get(pathOf("nodes.txt"))).toBe(before.get(pathOf("nodes.txt")));
      expect(await text("queue.md")).toContain("A100");
    });

    it("are read as they were written, with an address, a time and their format", async () => {
      await world.source.list();

      const page = await world.source.read(pathOf("guides/retry.md"));

      expect(textOf(page)).toBe("# Retry\n\nA failed run is started again.\n");
      expect(page.format).toBe(world.own?.format ?? "markdown");
      expect((await world.source.read(pathOf("nodes.txt"))).format).toBe(world.own?.format ?? "text");
      expect(new URL(page.url).pathname).toContain(world.own?.linkOf("guides/retry.md") ?? "guides/retry.md");
      expect(Date.now() - page.updatedAt.getTime()).toBeLessThan(600_000);
    });

    it("may be named in Korean, with spaces and signs", async () => {
      const path = "가이드/다시 시작하기 #1 & 100% 'yes'.md";
      await world.put(path, "# 다시 'yes' & #1\n\n다시 시작해요.\n");

      expect([...(await marks()).keys()]).toContain(pathOf(path));
      expect(await text(path)).toBe("# 다시 'yes' & #1\n\n다시 시작해요.\n");
      const { url } = await world.source.read(pathOf(path));
      expect(decodeURIComponent(new URL(url).href)).toContain(world.own?.linkOf(path) ?? path);
    });

    it("that are gone are not listed and cannot be read", async () => {
      await world.source.list();
      const path = pathOf("queue.md");
      await world.remove("queue.md");

      expect([...(await marks()).keys()]).not.toContain(path);
      await expect(world.source.read(path)).rejects.toThrow();
    });

    it("cannot be listed when the whole source is away", async () => {
      await world.source.list();
      await world.takeAway();

      await expect(world.source.list()).rejects.toThrow();
    });

    it("become findable by a sync, and what is gone is never found again", async () => {
      const first = await sync();
      await world.put("queue.md", "# Queue\n\nUrgent runs overtake.\n");
      await world.remove("nodes.txt");
      const second = await sync();

      expect(first).toMatchObject({ written: 3, unchanged: 0, deleted: 0 });
      expect(second).toMatchObject({ written: 1, unchanged: 1, deleted: 1 });
      expect(await find("urgent overtake")).toEqual([pathOf("queue.md")]);
      expect(await find("H100")).toEqual([]);
      expect(await find("GPUs")).toEqual([]);
    });

    it("are neither read nor written when nothing changed", async () => {
      await sync();
      const writes = index.writes;
      const read = world.source.read.bind(world.source);
      const wasRead: string[] = [];
      world.source.read = (path, signal) => {
        wasRead.push(path);
        return read(path, signal);
      };

      const report = await sync();

      expect(report).toMatchObject({ written: 0, unchanged: 3, deleted: 0 });
      expect(wasRead).toEqual([]);
      expect(index.writes).toBe(writes);
    });

    it("stay in the index when the source is away", async () => {
      await sync();
      await world.takeAway();

      await expect(sync()).rejects.toThrow();

      expect(await find("failed")).toEqual([pathOf("guides/retry.md")]);
    });

    it("stop being read when the sync is told to end", async () => {
      const stop = new AbortController();

      await expect(sync(stop.signal, () => stop.abort(new Error("enough")))).rejects.toThrow("enough");

      expect(await sync()).toMatchObject({ written: 3 });
    });
  });
}
