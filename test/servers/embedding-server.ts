import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the server behaves from now on. "hang" accepts and never answers, "nonsense" answers what are no vectors. */
export type EmbeddingBehaviour =
  | { kind: "answer"; delayMs?: number }
  | { kind: "unavailable" }
  | { kind: "hang" }
  | { kind: "nonsense"; body: unknown }
  | { kind: "redirect"; location: string };

export interface EmbeddingServer {
  /** For `{kind: "ollama"}`. */
  url: string;
  /** For `{kind: "openai-compatible"}`. */
  openAiUrl: string;
  behave(behaviour: EmbeddingBehaviour): void;
  /** Of each vector from now on. */
  setDimension(dimension: number): void;
  /** Characters of one text, and texts of one batch, above which it refuses. */
  setLimits(limits: { characters?: number; batch?: number }): void;
  /** Texts of each call that was answered, oldest first. */
  calls(): readonly (readonly string[])[];
  /** Bodies as they came, refused ones too. */
  bodies(): readonly Record<string, unknown>[];
  keys(): readonly string[];
  close(): Promise<void>;
}

const MODEL = "test-embedder";

/** One idea a line, as a multilingual model would know it. */
const IDEAS: readonly (readonly string[])[] = [
  ["retry", "restart", "again", "재시도", "다시"],
  ["training", "train", "학습"],
  ["run", "job", "실행", "작업"],
  ["failed", "failure", "broken", "실패"],
  ["queue", "waiting", "대기열", "기다"],
  ["node", "machine", "노드"],
  ["memory", "메모리"],
  ["checkpoint", "체크포인트"],
  ["budget", "quota", "예산", "할당량"],
  ["notebook", "노트북"],
];

/** On 127.0.0.1, embeds by Ollama's and OpenAI's protocols and reranks by vLLM's and TEI's. The same text has the same vector always. */
export async function startEmbeddingServer(): Promise<EmbeddingServer> {
  let behaviour: EmbeddingBehaviour = { kind: "answer" };
  let dimension = 64;
  let limits: { characters?: number; batch?: number } = {};
  const calls: (readonly string[])[] = [];
  const bodies: Record<string, unknown>[] = [];
  const keys: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    if (behaviour.kind === "hang") return;
    if (behaviour.kind === "unavailable") return json(response, 503, { error: "overloaded" });
    if (path === "/api/tags") return json(response, 200, { models: [{ name: MODEL, model: MODEL }] });
    if (path === "/v1/models") return json(response, 200, { object: "list", data: [{ id: MODEL }] });
    if (path === "/v1/rerank" || path === "/rerank") return rerank(path, await textOf(request), response);
    const isOllama = path === "/api/embed";
    if (!isOllama && path !== "/v1/embeddings")
      return json(response, 404, { error: `no such route: ${path}` });
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    bodies.push(body);
    keys.push(request.headers.authorization ?? "");
    if (behaviour.kind === "redirect")
      return void response.writeHead(307, { location: behaviour.location }).end();
    if (behaviour.kind === "nonsense") return json(response, 200, behaviour.body);
    const input = typeof body["input"] === "string" ? [body["input"]] : (body["input"] as string[]);
    const refused = refusalOf(input, isOllama && body["truncate"] !== false);
    if (refused !== undefined)
      return json(response, 400, { error: isOllama ? refused : { message: refused, code: 400 } });
    if (behaviour.kind === "answer" && behaviour.delayMs !== undefined)
      await new Promise((done) => setTimeout(done, (behaviour as { delayMs: number }).delayMs));
    calls.push(input);
    const vectors = input.map((text) => embedText(text.slice(0, limits.characters), dimension));
    if (isOllama) return json(response, 200, { model: body["model"], embeddings: vectors });
    const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
    // The order of the list is not promised, the index is.
    json(response, 200, { object: "list", model: body["model"], data: data.toReversed() });
  };
  /** /v1/rerank as llama.cpp, vLLM and KServe have it; /rerank as TEI. The score is the share of the question's words. */
  const rerank = async (path: string, body: string, response: ServerResponse): Promise<void> => {
    const given = JSON.parse(body) as { query: string; documents?: string[]; texts?: string[] };
    bodies.push(given);
    const texts = path === "/rerank" ? given.texts : given.documents;
    if (texts === undefined)
      return json(response, 422, { error: "missing field `texts`", error_type: "Validation" });
    if (behaviour.kind === "nonsense") return json(response, 200, behaviour.body);
    if (behaviour.kind === "answer" && behaviour.delayMs !== undefined)
      await new Promise((done) => setTimeout(done, (behaviour as { delayMs: number }).delayMs));
    const words = given.query.toLowerCase().split(/\W+/);
    const scored = texts
      .map((text, index) => ({
        index,
        score: words.filter((word) => text.toLowerCase().includes(word)).length / words.length,
      }))
      .toSorted((left, right) => right.score - left.score);
    if (path === "/rerank") return json(response, 200, scored);
    json(response, 200, {
      results: scored.map(({ index, score }) => ({ index, relevance_score: score })),
    });
  };
  const refusalOf = (input: readonly string[], mayCut: boolean): string | undefined => {
    if (limits.batch !== undefined && input.length > limits.batch)
      return `batch size ${input.length} > maximum allowed batch size ${limits.batch}`;
    const longest = Math.max(...input.map((text) => text.length));
    if (limits.characters === undefined || mayCut || longest <= limits.characters) return undefined;
    return "the input length exceeds the context length";
  };

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    openAiUrl: `http://127.0.0.1:${port}/v1`,
    behave: (next) => {
      behaviour = next;
    },
    setDimension: (next) => {
      dimension = next;
    },
    setLimits: (next) => {
      limits = next;
    },
    calls: () => calls,
    bodies: () => bodies,
    keys: () => keys,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Ideas weigh most, then runs of three characters; each has a direction of its own, drawn from its hash. */
function embedText(text: string, dimension: number): number[] {
  const vector = Array.from({ length: dimension }, () => 0);
  const lower = text.toLowerCase();
  const add = (feature: string, weight: number): void => {
    const hash = createHash("sha256").update(feature).digest();
    for (let index = 0; index < 4; index += 1) {
      const place = hash.readUInt16LE(index * 4) % dimension;
      vector[place] = (vector[place] ?? 0) + weight * (hash.readUInt8(index * 4 + 2) % 2 === 0 ? 1 : -1);
    }
  };
  for (const [number, words] of IDEAS.entries())
    if (words.some((word) => lower.includes(word))) add(`idea ${number}`, 4);
  for (let start = 0; start + 3 <= lower.length; start += 1) add(lower.slice(start, start + 3), 0.1);
  return vector.some((value) => value !== 0) ? vector : vector.fill(1);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
