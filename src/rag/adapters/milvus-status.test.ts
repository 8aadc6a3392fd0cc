import { describe, expect, it } from "vitest";
import { asError, expectSuccess, isOutage, MilvusStatusError } from "./milvus-status.ts";

describe("expectSuccess", () => {
  it.each([
    { error_code: "Success", reason: "" },
    { status: { error_code: "Success", code: 0 } },
    { status: { error_code: 0 }, data: [] },
  ])("accepts %j", (reply) => {
    expect(() => expectSuccess("searching", reply)).not.toThrow();
  });

  it.each([
    [{}, "does not know this call"],
    [undefined, "does not know this call"],
    [{ status: {} }, "does not know this call"],
    [
      { status: { error_code: "UnexpectedError", reason: "is in state 'released'; call load()" } },
      "call load()",
    ],
    [{ status: { error_code: "Success", code: 1100, reason: "bad filter" } }, "bad filter"],
    [{ error_code: "IndexNotExist", reason: "" }, "IndexNotExist"],
  ])("throws for %j", (reply, message) => {
    expect(() => expectSuccess("searching", reply)).toThrow(message);
  });

  it("knows a released collection", () => {
    expect(new MilvusStatusError("x", "collection is in state 'released'; call load()").isNotLoaded).toBe(
      true,
    );
    expect(new MilvusStatusError("x", "collection not loaded").isNotLoaded).toBe(true);
    expect(new MilvusStatusError("x", "bad filter").isNotLoaded).toBe(false);
  });
});

describe("what is thrown", () => {
  it("is an error, whatever the SDK threw", () => {
    expect(asError("creating", { error_code: "UnexpectedError", reason: "no such analyzer" }).message).toBe(
      "creating: no such analyzer",
    );
    expect(asError("creating", { status: { error_code: 1, reason: "r" } }).message).toBe("creating: r");
    expect(asError("creating", "text").message).toBe('creating: "text"');
  });

  it("is an outage when the server could not be reached, and none when it refused", () => {
    expect(isOutage(Object.assign(new Error("x"), { code: 14 }))).toBe(true);
    expect(isOutage(new Error("14 UNAVAILABLE: No connection established"))).toBe(true);
    expect(isOutage(new MilvusStatusError("x", "bad filter"))).toBe(false);
  });
});
