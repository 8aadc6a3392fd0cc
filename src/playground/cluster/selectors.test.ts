import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { parseFieldSelector, parseLabelSelector } from "./selectors.ts";

const object = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", namespace: "n", labels: { app: "x", tier: "gpu" } },
  status: { phase: "Running" },
};

describe("selectors", () => {
  it.each([
    ["", true],
    ["app=x", true],
    ["app==x,tier=gpu", true],
    ["app!=x", false],
    ["app in (x, y)", true],
    ["app notin (x)", false],
    ["tier", true],
    ["!tier", false],
    ["none!=1", true],
  ])("by label: %s is %s", (selector, matches) => {
    expect(parseLabelSelector(selector)(object)).toBe(matches);
  });

  it("by field know the supported fields and refuse others", () => {
    expect(parseFieldSelector("status.phase=Running,metadata.name!=b")(object)).toBe(true);
    expect(() => parseFieldSelector("spec.secret=1")).toThrow("field label not supported");
  });

  it("refuse nonsense in the API's own form and nothing else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseLabelSelector(text)(object);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
    );
  });
});
