import { expect, it } from "vitest";
import { diffObjects } from "./diff-objects.ts";

it("names a changed list element by its name, and what came and went", () => {
  const from = { env: [{ name: "LR", value: "2e-5" }], replicas: 1, old: true };
  const to = { env: [{ name: "LR", value: "1e-5" }], replicas: 1, fresh: [1] };

  expect(diffObjects(from, to)).toEqual([
    { path: "env[LR].value", from: "2e-5", to: "1e-5" },
    { path: "old", from: "true", to: "-" },
    { path: "fresh", from: "-", to: "[1]" },
  ]);
});

it("finds nothing between equals", () => {
  expect(diffObjects({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
});
