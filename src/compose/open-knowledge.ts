import type { Logger } from "pino";
import type { SlackConnection } from "../bot/slack-clients.ts";
import type { Config } from "../config.ts";
import { createConverter } from "../rag/adapters/convert/create-converter.ts";
import { createChatModel, type ChatModelOptions } from "../rag/adapters/create-chat-model.ts";
import { createEmbedder } from "../rag/adapters/create-embedder.ts";
import { createReranker } from "../rag/adapters/create-reranker.ts";
import { createMilvusVectorIndex } from "../rag/adapters/milvus-vector-index.ts";
import { createRag, type Rag } from "../rag/create-rag.ts";
import type { NamedModel } from "../rag/model-order.ts";
import { loadPrompts } from "../rag/prompts.ts";
import type { Store } from "../store/database.ts";
import { openSources } from "./open-sources.ts";

const PROMPTS = new URL("../../prompts", import.meta.url).pathname;

/** The knowledge area over its adapters: sources, Milvus, and a model if there is one. */
export async function openKnowledge(options: {
  config: Config;
  store: Store;
  logger: Logger;
  milvusAddress: string | undefined;
  model: ChatModelOptions | undefined;
  apiUrl: string;
  /** For sources in Slack; without it they know of nothing. */
  slack?: SlackConnection | undefined;
  /** Default: this machine's clock. */
  now?: () => Date;
}): Promise<{ rag: Rag; close(): Promise<void> }> {
  const { config, logger } = options;
  if (options.milvusAddress === undefined) throw new Error("no Milvus address");
  const index = createMilvusVectorIndex({
    address: options.milvusAddress,
    collection: config.milvus.collection,
  });
  // Opened by what needs it first, usually indexing: a start neither waits for a Milvus that is away nor loads its SDK.
  const rag = createRag({
    store: options.store,
    index,
    models: openModels(config, options.model),
    sources: openSources(config, options),
    converter: createConverter(),
    ...openSearchModels(config),
    prompts: await loadPrompts(PROMPTS),
    logger,
    ...(options.now !== undefined && { now: options.now }),
  });
  return { rag, close: () => rag.close() };
}

/** The named ones in their order, else the one that was found. */
export function openModels(
  { models, modelTokens, model }: Pick<Config, "models" | "modelTokens" | "model">,
  found: ChatModelOptions | undefined,
): readonly NamedModel[] {
  if (models.length === 0)
    return found === undefined ? [] : [{ model: createChatModel(found), deadlineMs: model.timeout }];
  return models.map((named) => {
    const {
      name,
      provider,
      url: baseUrl,
      timeout: deadlineMs,
      firstWord: firstTokenMs,
      contextTokens,
    } = named;
    const apiKey = modelTokens[name];
    const opened = createChatModel(
      provider === "ollama"
        ? { kind: "ollama", baseUrl, model: named.model, contextTokens }
        : {
            kind: "openai-compatible",
            baseUrl,
            model: named.model,
            contextTokens,
            ...(apiKey !== undefined && { apiKey }),
          },
    );
    return { model: { ...opened, name }, deadlineMs, firstTokenMs };
  });
}

/** What helps the search, where it is configured. */
export function openSearchModels({
  knowledge: { embedder, reranker },
  searchTokens,
}: Pick<Config, "knowledge" | "searchTokens">): Pick<
  Parameters<typeof createRag>[0],
  "embedder" | "questionTimeoutMs" | "reranker"
> {
  return {
    questionTimeoutMs: embedder?.questionTimeout,
    embedder:
      embedder === undefined
        ? undefined
        : createEmbedder({
            kind: embedder.kind === "ollama" ? "ollama" : "openai-compatible",
            baseUrl: embedder.url,
            model: embedder.model,
            batchSize: embedder.batchSize,
            timeoutMs: embedder.timeout,
            ...(searchTokens.embedder !== undefined && { apiKey: searchTokens.embedder }),
            ...(embedder.questionPrefix !== undefined && { questionPrefix: embedder.questionPrefix }),
            ...(embedder.passagePrefix !== undefined && { passagePrefix: embedder.passagePrefix }),
          }),
    reranker:
      reranker === undefined
        ? undefined
        : {
            passages: reranker.passages,
            model: createReranker({
              baseUrl: reranker.url,
              model: reranker.model,
              apiKey: searchTokens.reranker,
              timeoutMs: reranker.timeout,
            }),
          },
  };
}
