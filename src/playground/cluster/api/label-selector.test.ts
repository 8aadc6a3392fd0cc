import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/api-error.ts";
import { parseLabelSelector } from "./label-selector.ts";

const labels = { app: "x", tier: "gpu", size: "8", "example.com/team": "nlp" };

describe("a label selector", () => {
  it.each([
    ["", true],
    ["app=x", true],
    ["app==x,tier=gpu", true],
    ["app = x , tier = gpu", true],
    ["app!=x", false],
    ["none!=1", true],
    ["app in (x, y)", true],
    ["app in (y)", false],
    ["app notin (x)", false],
    ["none notin (x)", true],
    ["tier", true],
    ["!tier", false],
    ["!none", true],
    ["size>7,size<9", true],
    ["size>8", false],
    ["app>1", false],
    ["example.com/team=nlp", true],
    ["none=", false],
    ["constructor", false],
  ])("%j finds it: %s", (text, found) => {
    expect(parseLabelSelector(text)(labels)).toBe(found);
  });

  it.each(["a b", "a in (b", "a in b)", "a in ((b))", "=b", "a=b c", "a>b", "a,,b", "a=$", "-a"])(
    "refuses %j",
    (text) => {
      expect(() => parseLabelSelector(text)).toThrow(/^unable to parse requirement/);
    },
  );

  it("takes any text, as a selector or as a refusal in the API's own form", () => {
    const pieces = fc.constantFrom(
      "a",
      "b",
      "=",
      "!",
      "!=",
      ",",
      "(",
      ")",
      " in ",
      " notin ",
      ">",
      " ",
      "/",
      "한",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (selector) => {
        try {
          expect(typeof parseLabelSelector(selector)(labels)).toBe("boolean");
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
          expect((error as ApiError).code).toBe(400);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with itself: in is the opposite of notin, = of !=", () => {
    const value = fc.stringMatching(/^[a-z0-9]{1,3}$/);
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), value),
        value,
        value,
        (some, one, other) => {
          const finds = (text: string) => parseLabelSelector(text)(some);
          expect(finds(`a in (${one},${other})`)).toBe(!finds(`a notin (${one},${other})`));
          expect(finds(`a=${one}`)).toBe(!finds(`a!=${one}`));
          expect(finds("a")).toBe(!finds("!a"));
        },
      ),
    );
  });
});
