import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

const MAX_BYTES = 1_048_576;
const WITHIN_MS = 15_000;

/** @throws Refusal for what is too large, too slow or no JSON */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const tooLarge = new Refusal(413, "request_too_large", `a request has at most ${MAX_BYTES} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > MAX_BYTES) throw tooLarge;
  const late = setTimeout(() => request.destroy(), WITHIN_MS);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw tooLarge;
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(late);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new Refusal(400, "invalid_json", "the body is no JSON");
  }
}
