import { applyResponse } from "./apply-response.ts";
import { largestFileBytes } from "./web-api/file-methods.ts";
import { callMethod } from "./web-api/call-method.ts";
import { SlackError } from "./web-api/slack-error.ts";
import { readBody, readFields, readForm, send, sendJson, type HttpExchange } from "./http-exchange.ts";
import { serveFile } from "./page-api.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { isFields, parseJson, type Fields } from "./wire-fields.ts";

const largestCallBytes = 4 * 1024 * 1024;

/** `/api/<method>`: the Web API. */
export async function serveWebApi(
  parts: PlaygroundParts,
  exchange: HttpExchange,
  method: string,
): Promise<void> {
  const { request, response, query } = exchange;
  const body = await readBody(request, largestCallBytes);
  const fields = await readFields(request, body);
  if (!fields)
    return sendJson(response, 200, {
      ok: false,
      error: /json/i.test(request.headers["content-type"] ?? "") ? "invalid_json" : "invalid_form_data",
    });
  const bearerToken = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const answer = await callMethod(parts, {
    method,
    bearerToken,
    fields: { ...Object.fromEntries(query), ...fields },
  });
  if (answer.kind === "cut") {
    request.socket.destroy();
    return;
  }
  sendJson(response, answer.status, answer.body, answer.headers);
}

/** The upload step of files: raw bytes, or one file of a multipart body. */
export async function serveUpload(
  parts: PlaygroundParts,
  exchange: HttpExchange,
  ticket: string,
): Promise<void> {
  const { request, response } = exchange;
  const body = await readBody(request, largestFileBytes + 64 * 1024);
  const file = parts.files.findByTicket(ticket);
  const bytes =
    file?.state === "expected" ? await readUpload(request.headers["content-type"] ?? "", body) : undefined;
  const outcome =
    !file || file.state !== "expected"
      ? "not_found"
      : bytes?.length === file.length
        ? "ok"
        : "length_mismatch";
  parts.traffic.record({
    at: parts.clock.now(),
    direction: "from-app",
    kind: "upload",
    name: file?.name ?? "unknown",
    request: { bytes: body.length },
    response: outcome,
    outcome,
    durationMs: 0,
  });
  if (outcome !== "ok" || !file || !bytes)
    return send(response, outcome === "not_found" ? 404 : 400, "text/plain", outcome);
  parts.files.writeBytes(file, bytes);
  send(response, 200, "text/plain", `OK - ${bytes.length}`);
}

async function readUpload(contentType: string, body: Buffer): Promise<Buffer | undefined> {
  if (!/multipart\/form-data/i.test(contentType)) return body;
  const form = await readForm(contentType, body);
  const part = form && [...form.values()].find((value) => typeof value !== "string");
  return part === undefined || typeof part === "string" ? undefined : Buffer.from(await part.arrayBuffer());
}

/** `url_private` of a file: for the app, with its token. */
export function servePrivateFile(parts: PlaygroundParts, exchange: HttpExchange, fileId: string): void {
  if (exchange.request.headers.authorization !== `Bearer ${parts.secrets.botToken}`)
    return sendJson(exchange.response, 403, { ok: false, error: "invalid_auth" });
  serveFile(parts, exchange, fileId);
}

/** An answer through a response_url. */
export async function serveResponseUrl(parts: PlaygroundParts, exchange: HttpExchange): Promise<void> {
  const { request, response, path } = exchange;
  const body = await readBody(request, largestCallBytes);
  const payload = readPayload(request.headers["content-type"] ?? "", body.toString("utf8"));
  const { status, answer } = answerResponseUrl(parts, path, payload);
  parts.traffic.record({
    at: parts.clock.now(),
    direction: "from-app",
    kind: "response-url",
    name: path.split("/")[1] ?? "",
    request: payload ?? null,
    response: answer,
    outcome: answer["ok"] === true ? "ok" : String(answer["error"]),
    durationMs: 0,
  });
  if (answer["ok"] === true) send(response, 200, "text/html", "ok");
  else sendJson(response, status, answer);
}

function answerResponseUrl(
  parts: PlaygroundParts,
  path: string,
  payload: unknown,
): { readonly status: number; readonly answer: Fields } {
  if (!isFields(payload)) return { status: 400, answer: { ok: false, error: "invalid_payload" } };
  const use = parts.responseUrls.use(path);
  if (use.kind === "refused") return { status: 404, answer: { ok: false, error: use.error } };
  try {
    applyResponse(parts, use.target, payload);
    return { status: 200, answer: { ok: true } };
  } catch (error) {
    if (error instanceof SlackError)
      return { status: 400, answer: { ok: false, error: error.code, ...error.extra } };
    throw error;
  }
}

function readPayload(contentType: string, body: string): unknown {
  if (!/x-www-form-urlencoded/i.test(contentType)) return parseJson(body);
  return parseJson(new URLSearchParams(body).get("payload") ?? "");
}
