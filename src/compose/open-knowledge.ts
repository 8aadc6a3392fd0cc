import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { createChatModel } from "../rag/adapters/create-chat-model.ts";
import { createFolderSource } from "../rag/adapters/folder-source.ts";
import { createMilvusVectorIndex } from "../rag/adapters/milvus-vector-index.ts";
import { createRag, type Rag } from "../rag/create-rag.ts";
import type { ChatModel } from "../rag/ports.ts";
import { loadPrompts } from "../rag/prompts.ts";
import type { Store } from "../store/database.ts";

const PROMPTS = new URL("../../prompts", import.meta.url).pathname;

/** The knowledge area over its adapters: folders, Milvus, and a model if there is one. */
export async function openKnowledge(options: {
  config: Config;
  store: Store;
  logger: Logger;
  milvusAddress: string | undefined;
  modelUrl: string | undefined;
  apiUrl: string;
}): Promise<{ rag: Rag; close(): Promise<void> }> {
  const { config, logger } = options;
  if (options.milvusAddress === undefined) throw new Error("no Milvus address");
  const index = createMilvusVectorIndex({
    address: options.milvusAddress,
    collection: config.milvus.collection,
  });
  // An index that is away at the start is opened by the first question that needs it.
  await index.open().catch((error: unknown) => logger.warn({ err: error }, "Milvus does not answer yet"));
  const model = await openModel(config, options.modelUrl);
  const sources = config.knowledge.sources.map((source) =>
    createFolderSource({
      name: source.name,
      folder: source.folder,
      baseUrl: source.baseUrl ?? `${options.apiUrl}/docs/${source.name}/`,
      maxBytes: config.knowledge.maxFileSize,
      onWatchError: (error) =>
        logger.warn({ err: error, source: source.name }, "the folder is not watched any more"),
    }),
  );
  const rag = createRag({
    store: options.store,
    index,
    model,
    sources,
    prompts: await loadPrompts(PROMPTS),
    logger,
    deadlineMs: config.model.timeout,
  });
  return { rag, close: () => rag.close() };
}

async function openModel(config: Config, url: string | undefined): Promise<ChatModel | undefined> {
  if (url === undefined) return undefined;
  const { provider, name } = config.model;
  if (provider === "openai")
    return createChatModel({
      kind: "openai-compatible",
      baseUrl: url,
      model: name ?? "",
      ...(config.modelApiKey !== undefined && { apiKey: config.modelApiKey }),
    });
  const chosen = name ?? (await firstOllamaModel(url));
  return chosen === undefined ? undefined : createChatModel({ kind: "ollama", baseUrl: url, model: chosen });
}

async function firstOllamaModel(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/api/tags`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  const { models = [] } = ((await answer?.json()) ?? {}) as { models?: { name: string }[] };
  return models[0]?.name;
}
