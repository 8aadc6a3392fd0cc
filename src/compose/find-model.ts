import type { Config } from "../config.ts";
import type { ChatModelOptions } from "../rag/adapters/create-chat-model.ts";
import type { Piece } from "./start-embedded.ts";

const OLLAMA_URL = "http://127.0.0.1:11434";
const TIMEOUT_MS = 500;
const MODELS_LOOKED_AT = 20;

export interface FoundModel {
  /** Undefined: answers are quoted from the documents. */
  model: ChatModelOptions | undefined;
  piece: Piece;
}

/** What is configured as `model` (`models` are opened with the knowledge); "auto" takes the first model of an Ollama that answers and that can chat. */
export async function findModel(
  config: Pick<Config, "model" | "modelApiKey" | "models">,
): Promise<FoundModel> {
  const { provider, url, name, contextTokens } = config.model;
  if (config.models.length > 0) {
    const where = config.models
      .map((named) => `${named.name} (${named.model} at ${named.url})`)
      .join(", then ");
    return { model: undefined, piece: { name: "model", kind: "real", where } };
  }
  if (provider === "none") return quotes("answers are quoted from the documents");
  if (provider === "openai")
    return real({
      kind: "openai-compatible",
      baseUrl: url ?? "",
      model: name ?? "",
      contextTokens,
      ...(config.modelApiKey !== undefined && { apiKey: config.modelApiKey }),
    });
  const baseUrl = (url ?? OLLAMA_URL).replace(/\/$/, "");
  if (provider === "ollama") return real({ kind: "ollama", baseUrl, model: name ?? "", contextTokens });
  const found = name ?? (await firstChatModel(baseUrl));
  return found === undefined
    ? quotes("none found: answers are quoted from the documents")
    : real({ kind: "ollama", baseUrl, model: found, contextTokens });
}

function quotes(where: string): FoundModel {
  return { model: undefined, piece: { name: "model", kind: "none", where } };
}

function real(model: ChatModelOptions): FoundModel {
  return { model, piece: { name: "model", kind: "real", where: `${model.model} at ${model.baseUrl}` } };
}

/** Ollama also serves models that only embed. https://docs.ollama.com/api (List Local Models, Show Model Information) */
async function firstChatModel(baseUrl: string): Promise<string | undefined> {
  try {
    const tags = await fetch(`${baseUrl}/api/tags`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { models = [] } = (await tags.json()) as { models?: { name: string }[] };
    for (const { name } of models.slice(0, MODELS_LOOKED_AT)) {
      const shown = await fetch(`${baseUrl}/api/show`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: name }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const { capabilities } = (await shown.json()) as { capabilities?: string[] };
      // Older versions do not tell what a model is for.
      if (capabilities?.includes("completion") ?? !/embed|bge|minilm/i.test(name)) return name;
    }
  } catch {
    // Nothing that speaks Ollama's language is there: that is what "auto" is for.
  }
  return undefined;
}
