import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";

it("numbers the migrations without gaps, so that their order is the order of their names", async () => {
  const files = (await readdir(new URL("./migrations/", import.meta.url))).sort();

  expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
});
