import type { Config } from "../config.ts";
import type { ChatModelOptions } from "../rag/adapters/create-chat-model.ts";
import { createOllamaServer, createOpenAiServer } from "../rag/adapters/model-servers.ts";
import type { ModelServer } from "../rag/model-server.ts";

type ConfigOfModels = Pick<Config, "models" | "modelTokens" | "searchTokens"> & {
  knowledge: Pick<Config["knowledge"], "embedder">;
};

interface Used {
  kind: ModelServer["kind"];
  url: string;
  name: string;
  model: string;
  apiKey?: string | undefined;
}

/** The servers of the configured models, the embedder's too, each once, with what is used of it. */
export function openModelServers(
  { models, modelTokens, knowledge: { embedder }, searchTokens }: ConfigOfModels,
  found: ChatModelOptions | undefined,
): readonly ModelServer[] {
  const used: Used[] = models.map(({ name, provider, url, model }) => ({
    kind: provider === "ollama" ? "ollama" : "openai-compatible",
    url,
    name,
    model,
    apiKey: modelTokens[name],
  }));
  if (used.length === 0 && found !== undefined)
    used.push({
      kind: found.kind,
      url: found.baseUrl,
      name: found.model,
      model: found.model,
      apiKey: found.kind === "ollama" ? undefined : found.apiKey,
    });
  if (embedder !== undefined)
    used.push({
      kind: embedder.kind === "ollama" ? "ollama" : "openai-compatible",
      url: embedder.url,
      name: embedder.model,
      model: embedder.model,
      apiKey: searchTokens.embedder,
    });
  const servers = Map.groupBy(used, ({ kind, url }) => `${kind} ${url.replace(/\/+$/, "")}`);
  return [...servers.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const uses = all.map(({ name, model }) => ({ name, model }));
    return first.kind === "ollama"
      ? createOllamaServer({ baseUrl: first.url, uses })
      : createOpenAiServer({
          baseUrl: first.url,
          apiKey: all.find(({ apiKey }) => apiKey !== undefined)?.apiKey,
          uses,
        });
  });
}
