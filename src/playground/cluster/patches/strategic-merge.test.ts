import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyMergePatch } from "./merge-patch.ts";
import { applyStrategicMerge } from "./strategic-merge.ts";

const pod = {
  metadata: { finalizers: ["a"], labels: { x: "1" } },
  spec: {
    containers: [
      { name: "one", image: "i:1", ports: [{ containerPort: 80 }], env: [{ name: "A", value: "1" }] },
      { name: "two", image: "i:2" },
    ],
    tolerations: [{ key: "k" }],
  },
};

describe("a strategic merge", () => {
  it("finds containers and what is in them by their keys, and keeps the order", () => {
    const after = applyStrategicMerge(pod, {
      spec: {
        $setElementOrder: [],
        containers: [
          { name: "two", image: "i:3" },
          { name: "one", env: [{ name: "B", value: "2" }] },
          { name: "three", image: "i:4" },
        ],
      },
    }) as typeof pod;

    expect(after.spec.containers.map(({ name, image }) => `${name} ${image}`)).toEqual([
      "one i:1",
      "two i:3",
      "three i:4",
    ]);
    expect(after.spec.containers[0]?.env).toEqual([
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ]);
  });

  it.each([
    ["removes an item", { spec: { containers: [{ name: "one", $patch: "delete" }] } }, "two"],
    ["replaces a list", { spec: { containers: [{ $patch: "replace" }, { name: "new" }] } }, "new"],
  ])("%s where that is said", (_what, patch, left) => {
    const after = applyStrategicMerge(pod, patch) as typeof pod;

    expect(after.spec.containers.map(({ name }) => name)).toEqual([left]);
  });

  it("replaces lists without a key, joins sets, removes from lists of values and with null", () => {
    expect(
      applyStrategicMerge(pod, {
        metadata: { finalizers: ["b"], labels: null },
        spec: { tolerations: [{ key: "other" }] },
      }),
    ).toMatchObject({ metadata: { finalizers: ["a", "b"] }, spec: { tolerations: [{ key: "other" }] } });
    expect(
      applyStrategicMerge(pod, { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } }),
    ).toMatchObject({ metadata: { finalizers: [], labels: { x: "1" } } });
    expect(applyStrategicMerge({ a: 1, b: 2 }, { $retainKeys: ["b"], b: 3 })).toEqual({ b: 3 });
    expect(applyStrategicMerge({ a: { b: 1 } }, { a: { $patch: "replace", c: 1 } })).toEqual({ a: { c: 1 } });
  });

  it("refuses an item without its key, and directives that it does not know", () => {
    expect(() => applyStrategicMerge(pod, { spec: { containers: [{ image: "x" }] } })).toThrow(
      "does not contain declared merge key: name",
    );
    expect(() => applyStrategicMerge(pod, { $patch: "nonsense" })).toThrow("Unknown patch type");
  });
});

describe("a merge patch", () => {
  it("follows RFC 7386", () => {
    expect(
      applyMergePatch({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: null }, d: [2], e: { f: null } }),
    ).toEqual({
      a: { c: 2 },
      d: [2],
      e: {},
    });
    expect(applyMergePatch({ a: 1 }, 7)).toBe(7);
  });
});

describe("both merges", () => {
  const document = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 2 }));
  it.each([
    ["merge", applyMergePatch],
    ["strategic merge", applyStrategicMerge],
  ])("%s: applied twice is as applied once, and the original stays", (_name, apply) => {
    fc.assert(
      fc.property(document, document, (before, patch) => {
        const copy = structuredClone(before);
        const once = apply(before, patch);
        expect(apply(once, patch)).toEqual(once);
        expect(before).toEqual(copy);
      }),
    );
  });
});
