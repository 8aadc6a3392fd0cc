import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { serveResponseUrl, servePrivateFile, serveUpload, serveWebApi } from "./app-routes.ts";
import { serveControl } from "./control-api.ts";
import { BodyTooLarge, ConnectionLost, send, sendJson, type HttpExchange } from "./http-exchange.ts";
import { refuseRequest } from "./http-guard.ts";
import { servePage } from "./page-api.ts";
import type { PlaygroundParts } from "./playground-parts.ts";

/** The built web page: its document, and its files by their absolute path. */
export interface PlaygroundAssets {
  readonly html: string;
  readonly files: ReadonlyMap<string, { readonly type: string; readonly body: string | Buffer }>;
}

/** What the page may load: its own files, pictures from anywhere, nothing else. */
const pagePolicy =
  "default-src 'self'; img-src 'self' data: blob: https: http:; style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const withoutPage =
  "The Slack playground runs. Its page is not part of this server; the control API is under /_control/, the Web API under /api/.\n";

/** The HTTP side of everything; `port` is asked late because it is known only after listening. */
export function createPlaygroundServer(
  parts: PlaygroundParts,
  port: () => number,
  assets: PlaygroundAssets | undefined,
): Server {
  const server = createServer((request, response) => {
    serve(parts, request, response, port(), assets).catch((error: unknown) =>
      fail(parts, request, response, error),
    );
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const url = URL.parse(request.url ?? "/", "http://playground");
    const refused =
      refuseRequest(request, port()) !== undefined || url?.pathname !== "/link/" || !parts.socketMode;
    const accepted =
      !refused && parts.socketMode?.accept(request, socket, head, url?.searchParams.get("ticket") ?? "");
    if (!accepted) socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  });
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
  });
  return server;
}

async function serve(
  parts: PlaygroundParts,
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  assets: PlaygroundAssets | undefined,
): Promise<void> {
  const refused = refuseRequest(request, port);
  if (refused !== undefined)
    return sendJson(response, 403, { ok: false, error: "forbidden", message: refused });
  const url = URL.parse(request.url ?? "/", "http://playground");
  if (!url) return sendJson(response, 400, { ok: false, error: "invalid_url" });
  const exchange: HttpExchange = {
    request,
    response,
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
  };
  const [, first = "", ...others] = url.pathname.split("/");
  const rest = others.join("/");
  const isPost = exchange.method === "POST";
  if (first === "api" && (isPost || exchange.method === "GET")) return serveWebApi(parts, exchange, rest);
  if (first === "_control") return serveControl(parts, exchange, rest);
  if (first === "_page") return servePage(parts, exchange, rest);
  if (first === "upload" && isPost) return serveUpload(parts, exchange, others[1] ?? "");
  if (["actions", "commands", "app"].includes(first) && isPost) return serveResponseUrl(parts, exchange);
  if (first === "files-pri" && exchange.method === "GET")
    return servePrivateFile(parts, exchange, others[0] ?? "");
  if (exchange.method !== "GET") return sendJson(response, 405, { ok: false, error: "method_not_allowed" });
  serveAsset(exchange, assets);
}

/** The page's files; its document also answers to permalinks, which it opens itself. */
function serveAsset({ response, path }: HttpExchange, assets: PlaygroundAssets | undefined): void {
  const file = assets?.files.get(path);
  if (file) return send(response, 200, file.type, file.body);
  if (path !== "/" && !path.startsWith("/archives/"))
    return sendJson(response, 404, { ok: false, error: "not_found" });
  if (!assets) return send(response, 200, "text/plain; charset=utf-8", withoutPage);
  send(response, 200, "text/html; charset=utf-8", assets.html, { "content-security-policy": pagePolicy });
}

function fail(
  parts: PlaygroundParts,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  if (error instanceof ConnectionLost) return;
  const isTooLarge = error instanceof BodyTooLarge;
  if (!isTooLarge) parts.logger?.error({ err: error, path: request.url }, "a playground request failed");
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = { ok: false, error: isTooLarge ? "request_too_large" : "internal_error" };
  sendJson(response, isTooLarge ? 413 : 500, body, { connection: "close" });
}
