import { assert as check, jsonValue, property } from "fast-check";
import { expect, it } from "vitest";
import { extendStream, streamBlocks, streamText } from "./stream-content.ts";
import type { MessageStream } from "./workspace-types.ts";

const empty: MessageStream = { state: "in_progress", display: "timeline", segments: [], lastAppendAt: 0 };
const task = (status: string, extra: object = {}) => ({
  type: "task_update",
  id: "search",
  title: "Search",
  status,
  ...extra,
});

function extend(stream: MessageStream, chunks: unknown, markdownText?: string): MessageStream {
  const verdict = extendStream(stream, { markdownText, chunks }, 5);
  if (verdict.kind === "refused") throw new Error(verdict.error);
  return verdict.stream;
}

it("joins text and changes a task in place", () => {
  const stream = extend(extend(extend(empty, [task("in_progress")], undefined), undefined, "Hello "), [
    { type: "markdown_text", text: "world" },
    task("complete", { output: "3 pages" }),
  ]);
  expect(streamText(stream)).toBe("Hello world");
  expect(streamBlocks(stream)).toMatchObject([
    { type: "task_card", status: "complete", output: { type: "rich_text" } },
    { type: "markdown", text: "Hello world" },
  ]);
});

it("gathers tasks into a plan when there is one", () => {
  const stream = extend(empty, [
    { type: "plan_update", title: "Plan" },
    task("pending"),
    { type: "markdown_text", text: "x" },
  ]);
  expect(streamBlocks(stream)).toMatchObject([
    { type: "plan", title: "Plan", tasks: [{ task_id: "search" }] },
    { type: "markdown" },
  ]);
});

it.each([
  [[{ type: "markdown_text" }], "invalid_chunks"],
  [[task("done")], "invalid_chunks"],
  [[{ type: "song" }], "invalid_chunks"],
  ["text", "invalid_chunks"],
  [[{ type: "blocks", blocks: [{ type: "teapot" }] }], "invalid_blocks"],
  [[{ type: "markdown_text", text: "x".repeat(12_001) }], "msg_too_long"],
])("refuses %#", (chunks, error) => {
  expect(extendStream(empty, { markdownText: undefined, chunks }, 5)).toMatchObject({
    kind: "refused",
    error,
  });
});

it("never throws", () => {
  check(
    property(
      jsonValue(),
      (value) => void extendStream(empty, { markdownText: undefined, chunks: [value] }, 5),
    ),
  );
});
