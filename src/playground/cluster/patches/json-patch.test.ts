import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/api-error.ts";
import { applyJsonPatch } from "./json-patch.ts";

const before = { a: 1, list: ["x", "y"], nested: { "k/e~y": true } };

describe("a JSON patch", () => {
  it.each([
    ["adds to an object", [{ op: "add", path: "/b", value: 2 }], { ...before, b: 2 }],
    ["adds at the end", [{ op: "add", path: "/list/-", value: "z" }], { ...before, list: ["x", "y", "z"] }],
    ["inserts", [{ op: "add", path: "/list/0", value: "w" }], { ...before, list: ["w", "x", "y"] }],
    ["removes", [{ op: "remove", path: "/list/0" }], { ...before, list: ["y"] }],
    ["replaces", [{ op: "replace", path: "/a", value: null }], { ...before, a: null }],
    ["unescapes", [{ op: "remove", path: "/nested/k~1e~0y" }], { ...before, nested: {} }],
    ["moves", [{ op: "move", from: "/a", path: "/c" }], { list: before.list, nested: before.nested, c: 1 }],
    ["copies", [{ op: "copy", from: "/list", path: "/more" }], { ...before, more: ["x", "y"] }],
    ["tests", [{ op: "test", path: "/nested", value: { "k/e~y": true } }], before],
    ["replaces the whole", [{ op: "replace", path: "", value: { b: 1 } }], { b: 1 }],
  ])("%s", (_what, patch, after) => {
    expect(applyJsonPatch(before, patch)).toEqual(after);
  });

  it.each([
    ["a failed test", [{ op: "test", path: "/a", value: 2 }], 422],
    ["a missing field", [{ op: "remove", path: "/none" }], 422],
    ["a missing parent", [{ op: "add", path: "/none/deep", value: 1 }], 422],
    ["an index too far", [{ op: "add", path: "/list/3", value: 1 }], 422],
    ["a move into itself", [{ op: "move", from: "/nested", path: "/nested/x" }], 422],
    ["an unknown operation", [{ op: "invent", path: "/a" }], 422],
    ["the prototype", [{ op: "add", path: "/__proto__", value: {} }], 422],
    ["no list", { op: "add" }, 400],
    ["no pointer", [{ op: "remove", path: "a" }], 400],
    ["no source", [{ op: "copy", path: "/a" }], 400],
  ])("refuses %s with %3$s", (_what, patch, code) => {
    expect(() => applyJsonPatch(before, patch)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it("leaves what it was applied to as it was, whatever the patch", () => {
    const pointer = fc
      .array(fc.constantFrom("a", "list", "0", "-", "nested", "~", ""))
      .map((steps) => `/${steps.join("/")}`);
    const operation = fc.record({
      op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test"),
      path: pointer,
      from: pointer,
      value: fc.jsonValue(),
    });
    const copy = structuredClone(before);
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 5 }), (patch) => {
        try {
          applyJsonPatch(before, patch);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
        expect(before).toEqual(copy);
      }),
      { numRuns: 300 },
    );
  });
});
