import type { IncomingMessage, ServerResponse } from "node:http";
import { parseJson, type Fields } from "./wire-fields.ts";

/** One request with what every route needs of it. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The body was larger than the route takes. */
export class BodyTooLarge extends Error {}

/** The other side went away. */
export class ConnectionLost extends Error {}

/** Reads the whole body; rejects with `BodyTooLarge` beyond `maxBytes`, and lets the rest pass by so that an answer can be sent. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(new BodyTooLarge(`the body is larger than ${maxBytes} bytes`));
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () =>
      reject(new ConnectionLost("the connection was lost before the body was complete")),
    );
  });
}

/** The fields of a form, JSON or multipart body; undefined when it is none of them. */
export async function readFields(request: IncomingMessage, body: Buffer): Promise<Fields | undefined> {
  const contentType = request.headers["content-type"] ?? "";
  if (body.length === 0) return {};
  if (/json/i.test(contentType)) {
    const parsed = parseJson(body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? { ...parsed }
      : undefined;
  }
  if (/multipart\/form-data/i.test(contentType)) {
    const form = await readForm(contentType, body);
    if (!form) return undefined;
    return Object.fromEntries([...form.entries()].filter(([, value]) => typeof value === "string"));
  }
  return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
}

/** A multipart body; undefined when it is malformed. */
export async function readForm(contentType: string, body: Buffer): Promise<FormData | undefined> {
  try {
    return await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  } catch {
    return undefined;
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, "application/json; charset=utf-8", JSON.stringify(body), headers);
}

export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...headers,
  });
  response.end(body);
}
