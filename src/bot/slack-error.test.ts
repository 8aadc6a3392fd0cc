import { expect, it } from "vitest";
import { readSlackError } from "./slack-error.ts";

it.each([
  [{ retryAfter: 3 }, { kind: "rate-limited", retryAfterMs: 3_000 }],
  [{ data: { error: "is_archived" } }, { kind: "unreachable-place", error: "is_archived" }],
  [{ data: { error: "invalid_blocks" } }, { kind: "refused-content", error: "invalid_blocks" }],
  [{ data: { error: "message_not_found" } }, { kind: "message-gone", error: "message_not_found" }],
  [{ data: { error: "invalid_auth" } }, { kind: "refused", error: "invalid_auth" }],
  [new Error("socket hang up"), { kind: "unknown", error: "socket hang up" }],
  [undefined, { kind: "unknown", error: "unknown" }],
])("reads %j", (error, failure) => {
  expect(readSlackError(error)).toEqual(failure);
});
