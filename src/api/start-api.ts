import { readFile, realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join, sep } from "node:path";
import type { Logger } from "pino";
import { decodeText } from "../rag/decode-text.ts";
import { pageFormat } from "../rag/page-format.ts";
import { redactSecrets } from "../rag/redact-secrets.ts";
import type { Metrics } from "./metrics.ts";
import { PAGE_POLICY, renderPage } from "./render-page.ts";

const CHECK_TIMEOUT_MS = 3_000;

/** HTTP that is not Slack: /healthz (alive), /readyz (every part answers), /metrics, the pages of folder sources, and /v1. */
export async function startApi(options: {
  host: string;
  port: number;
  /** Served at /docs/<name>/<path>, so that the links of answers open. */
  sources: readonly { name: string; folder: string }[];
  metrics: Metrics;
  checks: Readonly<Record<string, () => Promise<boolean>>>;
  /** Everything below /v1; never throws. */
  serveV1(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
  logger: Logger;
}): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const { checks, metrics, logger } = options;

  async function ready(response: ServerResponse): Promise<void> {
    const names = Object.keys(checks);
    const results = await Promise.all(
      names.map((name) => within(checks[name]?.() ?? Promise.resolve(false))),
    );
    const parts = Object.fromEntries(names.map((name, index) => [name, results[index]]));
    sendJson(response, results.every(Boolean) ? 200 : 503, parts);
  }

  async function page(path: string, response: ServerResponse): Promise<void> {
    const [, , name = "", ...rest] = path.split("/").map(decodeURIComponent);
    const source = options.sources.find((candidate) => candidate.name === name);
    const file = source === undefined ? undefined : await insideFile(source.folder, rest.join("/"));
    if (file === undefined) return sendJson(response, 404, { error: "no such page" });
    sendPage(await readFile(file), rest.join("/"), response);
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const work = async (): Promise<void> => {
      if (path.startsWith("/v1/")) return options.serveV1(request, response, path);
      if (request.method !== "GET") return sendJson(response, 405, { error: "GET only" });
      if (path === "/healthz") return sendJson(response, 200, { ok: true });
      if (path === "/readyz") return ready(response);
      if (path === "/metrics") {
        response.writeHead(200, { "content-type": metrics.contentType });
        response.end(await metrics.text());
        return;
      }
      if (path.startsWith("/docs/")) return page(path, response);
      return sendJson(response, 404, { error: "/healthz /readyz /metrics /docs/ /v1/" });
    };
    work().catch((error: unknown) => {
      logger.warn({ err: error, path }, "a request failed");
      if (response.headersSent) response.destroy();
      else sendJson(response, 400, { error: "bad request" });
    });
  });
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(options.port, options.host, done);
  });
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}`,
    port,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function sendPage(bytes: Buffer, path: string, response: ServerResponse): void {
  const format = pageFormat(path);
  const safe = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };
  if (format === "pdf") {
    response.writeHead(200, { ...safe, "content-type": "application/pdf" });
    return void response.end(bytes);
  }
  if (format === "docx" || format === "notebook") {
    response.writeHead(200, {
      ...safe,
      "content-type": "application/octet-stream",
      "content-disposition": "attachment",
    });
    return void response.end(bytes);
  }
  const text = redactSecrets(decodeText(bytes) ?? "");
  const isPage = format === "markdown" || format === "html";
  response.writeHead(200, {
    ...safe,
    "content-type": `text/${isPage ? "html" : "plain"}; charset=utf-8`,
    // Somebody's HTML is shown as a page of nobody: no script, no picture, no origin.
    "content-security-policy": format === "html" ? `${PAGE_POLICY}; sandbox` : PAGE_POLICY,
  });
  response.end(format === "markdown" ? renderPage(text, path) : text);
}

function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function within(check: Promise<boolean>): Promise<boolean> {
  const late = new Promise<boolean>((done) => setTimeout(() => done(false), CHECK_TIMEOUT_MS).unref());
  return Promise.race([check.catch(() => false), late]);
}

/** A text page of the folder; undefined for everything outside of it, links included. */
async function insideFile(folder: string, path: string): Promise<string | undefined> {
  if (pageFormat(path) === undefined || path.includes("\0")) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, path));
    return file.startsWith(root + sep) && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
