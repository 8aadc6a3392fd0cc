import { z } from "zod";

/** How a call of a model's server ended. Aborts of the caller's signal are thrown. */
export type JsonReply =
  | { kind: "answered"; body: unknown }
  | { kind: "refused"; status: number; message: string }
  | { kind: "away"; message: string };

/** 64 vectors of 4,096 numbers as text are about 5 MB. */
const MAX_BYTES = 64 * 1_048_576;
const MAX_MESSAGE_CHARACTERS = 300;

/** Ollama writes {error: "…"}, OpenAI and vLLM {error: {message}}, TEI {error: "…", error_type}. */
const errorSchema = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

/** One call within its time, without redirects, and with a bound on what is read. Nothing is repeated here. */
export async function callJson(
  url: string,
  options: {
    /** Posted; absent: GET. */
    body?: unknown;
    timeoutMs: number;
    apiKey?: string | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<JsonReply> {
  const { body } = options;
  const timeout = AbortSignal.timeout(Math.ceil(options.timeoutMs));
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      // A server that sends elsewhere would be given the key and the documents.
      redirect: "error",
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    const text = await readBounded(response);
    if (response.ok) return { kind: "answered", body: JSON.parse(text) as unknown };
    return { kind: "refused", status: response.status, message: messageOf(text) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (timeout.aborted) return { kind: "away", message: `no answer within ${options.timeoutMs} ms` };
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: "away", message: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function messageOf(text: string): string {
  try {
    const parsed = errorSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data.slice(0, MAX_MESSAGE_CHARACTERS);
  } catch {
    // A proxy's page: its beginning says most.
  }
  return text.slice(0, MAX_MESSAGE_CHARACTERS);
}
