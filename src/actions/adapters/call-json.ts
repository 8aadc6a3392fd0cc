import { MetricsUnavailableError } from "../training/metrics-ports.ts";

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 8 * 1_024 * 1_024;

/**
 * One request to a system that only informs. Statuses are the caller's business; whatever keeps a JSON answer from coming is a
 * MetricsUnavailableError: no connection, 5 s, more than 8 MiB, a redirect, not JSON.
 */
export async function callJson(request: {
  /** For messages: "MLflow". */
  system: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Sent as JSON with POST; absent: GET. */
  body?: unknown;
}): Promise<{ status: number; body: unknown }> {
  const { system, url, headers, body } = request;
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: JSON.parse(await readAtMost(response)) };
  } catch (error) {
    throw new MetricsUnavailableError(system, messageOf(error));
  }
}

async function readAtMost(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
