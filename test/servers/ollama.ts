import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface OllamaServer {
  url: string;
  /** Host and port. */
  name: string;
  /** Bytes that came from the library, of all models: what was there already does not come again. */
  fetchedBytes(): number;
  /** Pulls that are being streamed now. */
  openPulls(): number;
  /** Requests for a pull so far. */
  pulls(): number;
  /** Nothing more comes from the library until it is let go on. */
  hold(isHeld: boolean): void;
  /** Every request breaks off without an answer. */
  break(isBroken: boolean): void;
  load(model: string): void;
  close(): Promise<void>;
}

const CHUNK = 1_000_000;
const BETWEEN_CHUNKS_MS = 5;

/**
 * The part of Ollama that is about models, as its API describes it (https://docs.ollama.com/api): lists, what is loaded, and pulls
 * that are streamed line by line, end with their connection, and go on with the layers that are there.
 */
export async function startOllama(options: {
  /** What it has. */
  models: readonly string[];
  /** What its library has: the sizes of each model's layers. */
  library: Readonly<Record<string, readonly number[]>>;
}): Promise<OllamaServer> {
  const has = new Map(options.models.map((name) => [name, CHUNK * 5]));
  const loaded = new Set<string>();
  const layers = new Map<string, number>();
  const open = new Set<ServerResponse>();
  let fetched = 0;
  let asked = 0;
  let isHeld = false;
  let isBroken = false;

  async function pull(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { model = "" } = JSON.parse(Buffer.concat(parts).toString()) as { model?: string };
    asked += 1;
    open.add(response);
    response.once("close", () => open.delete(response));
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const write = (line: object): boolean => response.write(`${JSON.stringify(line)}\n`);
    write({ status: "pulling manifest" });
    const sizes = options.library[model];
    if (sizes === undefined) {
      write({ error: "pull model manifest: file does not exist" });
      return void response.end();
    }
    for (const [index, total] of sizes.entries()) {
      const digest = `sha256:${createHash("sha256").update(`${model} ${index}`).digest("hex")}`;
      const status = `pulling ${digest.slice(7, 19)}`;
      while ((layers.get(digest) ?? 0) < total) {
        await new Promise((done) => setTimeout(done, BETWEEN_CHUNKS_MS));
        if (response.destroyed) return;
        if (isHeld) continue;
        const before = layers.get(digest) ?? 0;
        const completed = Math.min(total, before + CHUNK);
        fetched += completed - before;
        layers.set(digest, completed);
        write({ status, digest, total, completed });
      }
      write({ status, digest, total, completed: total });
    }
    write({ status: "verifying sha256 digest" });
    write({ status: "writing manifest" });
    has.set(
      model,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    write({ status: "success" });
    response.end();
  }

  const details = { format: "gguf", family: "qwen3", parameter_size: "8.2B", quantization_level: "Q4_K_M" };
  const server = createServer((request, response) => {
    const json = (status: number, body: object): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (isBroken) response.destroy();
    else if (request.url === "/api/tags")
      json(200, {
        models: [...has].map(([name, size]) => ({
          name,
          model: name,
          modified_at: "2026-01-01T00:00:00Z",
          size,
          digest: "d",
          details,
        })),
      });
    else if (request.url === "/api/ps")
      json(200, {
        models: [...loaded].map((name) => ({
          name,
          model: name,
          size: 6_500_000_000,
          size_vram: 3_250_000_000,
          digest: "d",
          details,
          expires_at: "2026-11-25T12:30:00.5+09:00",
        })),
      });
    else if (request.url === "/api/pull" && request.method === "POST")
      void pull(request, response).catch(() => response.destroy());
    else json(404, { error: "not found" });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${name}`,
    name,
    fetchedBytes: () => fetched,
    openPulls: () => open.size,
    pulls: () => asked,
    hold: (held) => {
      isHeld = held;
    },
    break: (broken) => {
      isBroken = broken;
      if (broken) for (const response of open) response.destroy();
    },
    load: (model) => void loaded.add(model),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
