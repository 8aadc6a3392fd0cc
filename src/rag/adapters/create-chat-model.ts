import { ANSWER_TOKENS, DEFAULT_CONTEXT_TOKENS, ModelUnavailableError, type ChatModel } from "../ports.ts";
import { callJson } from "./call-json.ts";
import { askOllama, askOpenAi, createContextLength } from "./model-context.ts";

const PROBE_TIMEOUT_MS = 2_000;

export type ChatModelOptions = {
  /** As the server names it, e.g. "qwen3:8b". */
  model: string;
  /** Default 0.1. */
  temperature?: number;
  /** Of one answer. Default 1,024 tokens. */
  maxTokens?: number;
  /** Tokens of prompt and answer together. Default: what the server tells of the model, with Ollama at most 16,384. */
  contextTokens?: number | undefined;
} & (
  | {
      kind: "ollama";
      /** E.g. http://127.0.0.1:11434 */
      baseUrl: string;
    }
  | {
      kind: "openai-compatible";
      /** With the version, e.g. https://vllm.example.com/v1 */
      baseUrl: string;
      apiKey?: string;
    }
);

/**
 * A chat model behind Ollama or any server that speaks OpenAI's API (vLLM, KServe, llama.cpp). Nothing is retried here:
 * a person waits, and there are quotes to show instead. LangChain is loaded with the first question.
 */
export function createChatModel(options: ChatModelOptions): ChatModel {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const { protocol } = new URL(baseUrl);
  if (protocol !== "http:" && protocol !== "https:")
    throw new RangeError(`a model's address must begin with http:// or https://: ${options.baseUrl}`);
  const asked = createContextLength(() =>
    options.kind === "ollama"
      ? askOllama(baseUrl, options.model)
      : askOpenAi(baseUrl, options.model, options.apiKey),
  );
  const contextTokens = async (): Promise<number | undefined> => {
    if (options.contextTokens !== undefined) return options.contextTokens;
    const told = await asked();
    // All of what some models could take would not fit into the machine's memory.
    return options.kind === "ollama" ? Math.min(told ?? Infinity, DEFAULT_CONTEXT_TOKENS) : told;
  };
  return {
    name: options.model,
    contextTokens,

    async *stream({ system, user, signal, onUsage }) {
      const fetchOnce = boundFetch(signal);
      try {
        const chat = await createLangChainModel(
          {
            ...options,
            baseUrl,
            contextTokens: options.kind === "ollama" ? await contextTokens() : undefined,
          },
          fetchOnce,
        );
        const stream = await chat.stream(
          [
            ["system", system],
            ["human", user],
          ],
          signal === undefined ? {} : { signal },
        );
        for await (const { text, usage_metadata: usage } of stream) {
          if (usage !== undefined) onUsage?.({ prompt: usage.input_tokens, answer: usage.output_tokens });
          if (text !== "") yield text;
        }
      } catch (error) {
        if (error instanceof ModelUnavailableError) throw error;
        throw new ModelUnavailableError(`${options.model} broke off: ${messageOf(error)}`, { cause: error });
      }
    },

    async isReachable() {
      const path = options.kind === "ollama" ? "/api/tags" : "/models";
      const apiKey = options.kind === "openai-compatible" ? options.apiKey : undefined;
      const reply = await callJson(baseUrl + path, { timeoutMs: PROBE_TIMEOUT_MS, apiKey });
      return reply.kind === "answered";
    },
  };
}

async function createLangChainModel(options: ChatModelOptions, fetchOnce: typeof fetch) {
  const { model, temperature = 0.1, maxTokens = ANSWER_TOKENS } = options;
  if (options.kind === "ollama") {
    const { ChatOllama } = await import("@langchain/ollama");
    const { baseUrl, contextTokens = DEFAULT_CONTEXT_TOKENS } = options;
    return new ChatOllama({
      model,
      baseUrl,
      temperature,
      numPredict: maxTokens,
      numCtx: contextTokens,
      maxRetries: 0,
      fetch: fetchOnce,
    });
  }
  const { ChatOpenAI } = await import("@langchain/openai");
  return new ChatOpenAI({
    model,
    temperature,
    maxTokens,
    maxRetries: 0,
    streamUsage: true,
    // The SDK insists on a key, and servers without authentication ignore it.
    apiKey: options.apiKey ?? "none",
    configuration: { baseURL: options.baseUrl, fetch: fetchOnce },
  });
}

/** Ollama's client neither passes a signal on nor keeps its complaints about bad answers off the terminal. */
function boundFetch(signal: AbortSignal | undefined): typeof fetch {
  return async (input, init) => {
    const signals = [signal, init?.signal].filter((one) => one instanceof AbortSignal);
    const response = await fetch(input, {
      ...init,
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
    });
    if (response.ok) return response;
    const body = (await response.text()).slice(0, 300);
    throw new ModelUnavailableError(`the model's server answered ${response.status}: ${body}`);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
