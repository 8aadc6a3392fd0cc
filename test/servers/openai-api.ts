import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pino } from "pino";
import { createMetrics } from "#src/api/metrics.ts";
import { createOpenAiApi } from "#src/api/openai/create-openai-api.ts";
import { startApi } from "#src/api/start-api.ts";
import { PersonUnavailableError, type Person } from "#src/actions/ports.ts";
import { localeOfText, textsFor } from "#src/bot/texts/texts.ts";
import { createRag } from "#src/rag/create-rag.ts";
import type { DocumentSource } from "#src/rag/document-source.ts";
import { audienceOf, type Readers } from "#src/rag/readers.ts";
import type { ChatModel, Embedder } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import type { Store } from "#src/store/database.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";

export interface ApiSource {
  name: string;
  readers?: Readers;
  pages: Readonly<Record<string, string>>;
}

/** The api port over documents in memory, on a free port of 127.0.0.1. */
export async function startOpenAiApi(options: {
  store: Store;
  sources: readonly ApiSource[];
  model?: ChatModel;
  embedder?: Embedder;
  requestsPerMinute?: number;
}) {
  const logger = pino({ level: "silent" });
  const index = createInMemoryVectorIndex();
  const rag = createRag({
    store: options.store,
    index,
    model: options.model,
    embedder: options.embedder,
    sources: options.sources.map(sourceOf),
    prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
    logger,
  });
  for (const source of rag.sources()) await rag.sync(source);
  const members = new Map<string, Person>();
  const people = { isAway: false };
  let asked = 0;
  const hosts: string[] = [];
  const openai = createOpenAiApi({
    store: options.store,
    answer(question) {
      asked += 1;
      return rag.answer(question);
    },
    embedder: rag.embedder,
    sources: (audiences) => rag.readableSources(audiences),
    async findPerson(id) {
      if (people.isAway) throw new PersonUnavailableError("Slack is away");
      return members.get(id);
    },
    audiencesOf: async (person) => [
      "public",
      ...person.userGroups.map((group) => audienceOf({ allOf: [[`group:${group}`]] }).id),
    ],
    texts: textsFor,
    localeOf: localeOfText,
    hosts,
    requestsPerMinute: options.requestsPerMinute ?? 1_000,
    logger,
    now: () => new Date(),
    nowMs: () => performance.now(),
    newId: () => `a${randomBytes(8).toString("hex")}`,
  });
  const api = await startApi({
    host: "127.0.0.1",
    port: 0,
    sources: [],
    metrics: createMetrics(),
    checks: {},
    serveV1: (request, response, path) => openai.serve(request, response, path),
    logger,
  });
  hosts.push(`127.0.0.1:${api.port}`);
  return {
    url: `${api.url}/v1`,
    index,
    /** Who is an active member; by Slack user id. */
    members,
    people,
    /** How often the documents were asked. */
    asked: () => asked,
    async close() {
      await api.close();
      await rag.close();
    },
  };
}

function sourceOf({ name, readers, pages }: ApiSource): DocumentSource {
  const updatedAt = new Date("2026-11-01T00:00:00Z");
  return {
    name,
    settings: "",
    ...(readers !== undefined && { readers }),
    list: async () => ({
      documents: Object.keys(pages).map((path) => ({ path })),
      skipped: [],
    }),
    read: async (path) => ({
      path,
      bytes: Buffer.from(pages[path] ?? ""),
      format: "markdown",
      updatedAt,
      url: `https://docs.example.com/${name}/${path}`,
    }),
    watch: async () => async () => {},
  };
}
