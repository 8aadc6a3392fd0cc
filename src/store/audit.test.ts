import { describe, expect, it } from "vitest";
import { canonicalJson } from "./audit.ts";

describe("canonicalJson", () => {
  it("gives equal text for equal content, whatever the order of the keys", () => {
    expect(canonicalJson({ b: [1, { d: 2, c: null }], a: "가" })).toBe(
      canonicalJson({ a: "가", b: [1, { c: null, d: 2 }] }),
    );
  });

  it("leaves out what JSON cannot hold", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});
