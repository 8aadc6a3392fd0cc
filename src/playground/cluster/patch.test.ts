import { describe, expect, it } from "vitest";
import { applyPatch } from "./patch.ts";

const before = { a: 1, list: [{ name: "x", v: 1 }, { name: "y" }], nested: { keep: true, drop: 1 } };

describe("patches", () => {
  it("merge, with null removing and lists replaced", () => {
    expect(applyPatch("application/merge-patch+json", '{"nested":{"drop":null},"list":[]}', before)).toEqual({
      a: 1,
      list: [],
      nested: { keep: true },
    });
  });

  it("apply and strategic merge join lists by name", () => {
    expect(applyPatch("application/apply-patch+yaml", "list: [{name: x, v: 2}]", before)["list"]).toEqual([
      { name: "x", v: 2 },
      { name: "y" },
    ]);
  });

  it("JSON patch adds, replaces, removes, tests", () => {
    const patch = JSON.stringify([
      { op: "test", path: "/a", value: 1 },
      { op: "add", path: "/list/-", value: { name: "z" } },
      { op: "replace", path: "/a", value: 2 },
      { op: "remove", path: "/nested" },
    ]);

    expect(applyPatch("application/json-patch+json", patch, before)).toEqual({
      a: 2,
      list: [{ name: "x", v: 1 }, { name: "y" }, { name: "z" }],
    });
  });

  it.each([
    ["application/json-patch+json", '[{"op":"test","path":"/a","value":9}]', 422],
    ["application/json-patch+json", '[{"op":"remove","path":"/none"}]', 422],
    ["application/merge-patch+json", "7", 400],
    ["text/plain", "{}", 415],
  ])("refuse %s %s with %s", (type, body, code) => {
    expect(() => applyPatch(type, body, before)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it("do not reach into the language", () => {
    applyPatch("application/merge-patch+json", '{"__proto__":{"polluted":true}}', before);

    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
