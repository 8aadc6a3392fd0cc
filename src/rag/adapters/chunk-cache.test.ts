import { expect, it } from "vitest";
import { chunkFixture } from "#test/fixtures/chunks.ts";
import { createChunkCache } from "./chunk-cache.ts";

const found = (id: string, contentHash = `hash-of-${id}`, isEmbedded = false) => ({
  id: `docs:${id}:0`,
  contentHash,
  isEmbedded,
});

it("knows a chunk only as it was: not with another hash, another vector or in another collection", () => {
  const cache = createChunkCache(10);
  const chunk = chunkFixture("a", "gpu");
  cache.set("one", chunk);

  expect(cache.get("one", found("a"))).toBe(chunk);
  expect(cache.get("one", found("a", "next"))).toBeUndefined();
  expect(cache.get("one", found("a", undefined, true))).toBeUndefined();
  expect(cache.get("two", found("a"))).toBeUndefined();
});

it("forgets what was not asked for longest", () => {
  const cache = createChunkCache(2);
  for (const id of ["a", "b"]) cache.set("one", chunkFixture(id, "gpu"));
  cache.get("one", found("a"));

  cache.set("one", chunkFixture("c", "gpu"));

  expect(cache.get("one", found("b"))).toBeUndefined();
  expect(cache.get("one", found("a"))).toBeDefined();
});
