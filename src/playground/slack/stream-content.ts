import { slackLimits } from "../../slack-limits/slack-limits.ts";
import { validateBlocks } from "../../slack-limits/validate-blocks.ts";
import { fillIds } from "./interactive-elements.ts";
import { compact, isFields, readText, type Fields, type UnknownFields } from "./wire-fields.ts";
import type { MessageStream, StreamSegment } from "./workspace-types.ts";

export type ChunkVerdict =
  | { readonly kind: "stream"; readonly stream: MessageStream }
  | {
      readonly kind: "refused";
      readonly error: "invalid_chunks" | "msg_too_long" | "invalid_blocks";
      readonly problems: readonly string[];
    };

/** What a call brought for a stream. Both may be absent at the start and the end. */
export interface StreamInput {
  readonly markdownText: string | undefined;
  readonly chunks: unknown;
}

const taskStates = ["pending", "in_progress", "complete", "error"];

/** The stream with the new text and chunks at its end; a task that is there already is changed in place. */
export function extendStream(stream: MessageStream, input: StreamInput, nowMs: number): ChunkVerdict {
  const chunks: unknown[] = [];
  if (input.markdownText !== undefined) chunks.push({ type: "markdown_text", text: input.markdownText });
  if (input.chunks !== undefined && input.chunks !== null) {
    if (!Array.isArray(input.chunks)) return refused("invalid_chunks", "chunks: must be an array");
    chunks.push(...input.chunks);
  }
  let next: MessageStream = { ...stream, lastAppendAt: nowMs };
  for (const [index, chunk] of chunks.entries()) {
    const verdict = addChunk(next, chunk, `/chunks/${index}`);
    if (verdict.kind === "refused") return verdict;
    next = verdict.stream;
  }
  const blocks = next.segments.flatMap((segment) => (segment.kind === "blocks" ? segment.blocks : []));
  if (blocks.length > slackLimits.stream.chunkBlocks)
    return refused("invalid_blocks", "no more than 50 items allowed [json-pointer:/chunks]");
  if (streamText(next).length > slackLimits.message.textCharacters)
    return refused("msg_too_long", "the streamed text is too long");
  return { kind: "stream", stream: next };
}

function addChunk(stream: MessageStream, chunk: unknown, pointer: string): ChunkVerdict {
  if (!isFields(chunk)) return refused("invalid_chunks", `must provide an object [json-pointer:${pointer}]`);
  switch (chunk["type"]) {
    case "markdown_text": {
      const text = chunk["text"];
      if (typeof text !== "string")
        return refused("invalid_chunks", `missing required field: text [json-pointer:${pointer}]`);
      if (text.length > slackLimits.stream.markdownTextCharacters)
        return refused("msg_too_long", `must be less than 12001 characters [json-pointer:${pointer}/text]`);
      return extended(stream, appendText(stream.segments, text));
    }
    case "task_update":
      return addTask(stream, chunk, pointer);
    case "plan_update": {
      const title = readText(chunk, "title");
      return title === undefined
        ? refused("invalid_chunks", `missing required field: title [json-pointer:${pointer}]`)
        : { kind: "stream", stream: { ...stream, planTitle: title } };
    }
    case "blocks": {
      const problems = validateBlocks("message", chunk["blocks"], `${pointer}/blocks`);
      if (problems[0] || !Array.isArray(chunk["blocks"])) {
        return {
          kind: "refused",
          error: "invalid_blocks",
          problems: problems.map((problem) => `${problem.message} [json-pointer:${problem.pointer}]`),
        };
      }
      return extended(stream, [...stream.segments, { kind: "blocks", blocks: fillIds(chunk["blocks"]) }]);
    }
    default:
      return refused(
        "invalid_chunks",
        `unsupported type: ${String(chunk["type"])} [json-pointer:${pointer}/type]`,
      );
  }
}

function addTask(stream: MessageStream, chunk: UnknownFields, pointer: string): ChunkVerdict {
  const id = readText(chunk, "id");
  const title = readText(chunk, "title");
  const status = readText(chunk, "status");
  if (id === undefined || title === undefined)
    return refused(
      "invalid_chunks",
      `missing required field: ${id === undefined ? "id" : "title"} [json-pointer:${pointer}]`,
    );
  if (status === undefined || !taskStates.includes(status))
    return refused(
      "invalid_chunks",
      `must be one of the allowed values: ${taskStates.join(", ")} [json-pointer:${pointer}/status]`,
    );
  const known = stream.segments.find((segment) => segment.kind === "task" && segment.id === id);
  const task = compact({
    ...(known?.kind === "task" ? known.task : {}),
    type: "task_card",
    block_id: id.slice(0, 255),
    task_id: id,
    title,
    status,
    ...(readText(chunk, "details") ? { details: richText(String(chunk["details"])) } : {}),
    ...(readText(chunk, "output") ? { output: richText(String(chunk["output"])) } : {}),
    ...(Array.isArray(chunk["sources"]) ? { sources: chunk["sources"] } : {}),
  });
  if (!known) return extended(stream, [...stream.segments, { kind: "task", id, task }]);
  return extended(
    stream,
    stream.segments.map((segment) => (segment === known ? { kind: "task", id, task } : segment)),
  );
}

function appendText(segments: readonly StreamSegment[], text: string): readonly StreamSegment[] {
  const last = segments.at(-1);
  if (text === "") return segments;
  if (last?.kind !== "text") return [...segments, { kind: "text", text }];
  return [...segments.slice(0, -1), { kind: "text", text: last.text + text }];
}

/** All streamed Markdown, the fallback text of the message. */
export function streamText(stream: MessageStream): string {
  return stream.segments.map((segment) => (segment.kind === "text" ? segment.text : "")).join("");
}

/** The blocks of the message so far. */
export function streamBlocks(stream: MessageStream): Fields[] {
  const tasks = stream.segments.flatMap((segment) => (segment.kind === "task" ? [segment.task] : []));
  const asPlan = stream.display === "plan" || stream.planTitle !== undefined;
  const plan: Fields[] =
    asPlan && tasks.length > 0
      ? [{ type: "plan", block_id: "plan", title: stream.planTitle ?? String(tasks[0]?.["title"]), tasks }]
      : [];
  const rest = stream.segments.flatMap((segment, index): readonly Fields[] => {
    if (segment.kind === "text") return [{ type: "markdown", block_id: `text-${index}`, text: segment.text }];
    if (segment.kind === "task") return asPlan ? [] : [segment.task];
    return segment.blocks;
  });
  return [...plan, ...rest];
}

function richText(text: string): Fields {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

function extended(stream: MessageStream, segments: readonly StreamSegment[]): ChunkVerdict {
  return { kind: "stream", stream: { ...stream, segments } };
}

function refused(error: "invalid_chunks" | "msg_too_long" | "invalid_blocks", problem: string): ChunkVerdict {
  return { kind: "refused", error, problems: [problem] };
}
