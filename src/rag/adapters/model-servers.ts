import { z } from "zod";
import { callJson } from "./call-json.ts";
import type { ModelServer, PullEvent, ServedModel } from "../model-server.ts";
import { ModelUnavailableError } from "../ports.ts";

const ASK_TIMEOUT_MS = 3_000;
/** Ollama tells several times a second, but while it checks a file of a hundred gigabytes on a slow disk it is silent for minutes. */
const SILENT_MS = 480_000;
const MAX_LINE_CHARACTERS = 100_000;

/** https://docs.ollama.com/api (List Local Models, List Running Models, Pull a Model) */
const tagsSchema = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        size: z.number().nonnegative().optional(),
        details: z
          .object({ parameter_size: z.string().optional(), quantization_level: z.string().optional() })
          .optional(),
      }),
    )
    .default([]),
});
const psSchema = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        size: z.number().nonnegative().default(0),
        size_vram: z.number().nonnegative().default(0),
        expires_at: z.string().optional(),
      }),
    )
    .default([]),
});
const pullLineSchema = z.object({
  status: z.string().optional(),
  error: z.string().optional(),
  digest: z.string().optional(),
  total: z.number().nonnegative().optional(),
  completed: z.number().nonnegative().optional(),
});

export function createOllamaServer(options: {
  /** E.g. http://127.0.0.1:11434 */
  baseUrl: string;
  uses: ModelServer["uses"];
  silentMs?: number;
}): ModelServer {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const name = new URL(baseUrl).host;
  const silentMs = options.silentMs ?? SILENT_MS;

  async function* pull(model: string, signal: AbortSignal): AsyncGenerator<PullEvent> {
    const silence = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(new Error(`silent for ${silentMs} ms`)), silentMs);
    };
    heard();
    const layers = new Map<string, { total: number; completed: number }>();
    try {
      const response = await fetch(`${baseUrl}/api/pull`, {
        method: "POST",
        redirect: "error",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, stream: true }),
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (response.status >= 400 && response.status < 500) {
        const { error } = pullLineSchema.parse(await response.json().catch(() => ({})));
        yield { kind: "refused", reason: error ?? `HTTP ${response.status}` };
        return;
      }
      if (!response.ok || response.body === null) throw new Error(`/api/pull answers ${response.status}`);
      for await (const line of linesOf(response.body)) {
        heard();
        const { status, error, digest, total, completed } = pullLineSchema.parse(JSON.parse(line));
        if (error !== undefined) {
          // A broken connection to the registry is worth another try; that there is no such model is not.
          if (/file does not exist|not found|invalid|unauthorized|requires|denied|no space/i.test(error)) {
            yield { kind: "refused", reason: error };
            return;
          }
          throw new Error(error);
        }
        if (status === "success") {
          yield { kind: "pulled" };
          return;
        }
        if (digest === undefined || total === undefined) continue;
        layers.set(digest, { total, completed: completed ?? 0 });
        const sum = (of: (layer: { total: number; completed: number }) => number): number =>
          [...layers.values()].reduce((all, layer) => all + of(layer), 0);
        yield {
          kind: "progress",
          doneBytes: sum((layer) => layer.completed),
          totalBytes: sum((layer) => layer.total),
        };
      }
      throw new Error("the pull broke off");
    } catch (error) {
      signal.throwIfAborted();
      throw unavailable(name, error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    name,
    kind: "ollama",
    uses: options.uses,
    async list() {
      const [{ models }, { models: running }] = await Promise.all([
        ask(name, `${baseUrl}/api/tags`, tagsSchema),
        ask(name, `${baseUrl}/api/ps`, psSchema),
      ]);
      return models.map(({ name: model, size, details }): ServedModel => {
        const kind = [details?.parameter_size, details?.quantization_level].filter(Boolean).join(" · ");
        const now = running.find((one) => one.name === model);
        const until = now?.expires_at === undefined ? undefined : new Date(now.expires_at);
        return {
          name: model,
          ...(size !== undefined && { sizeBytes: size }),
          ...(kind !== "" && { kind }),
          ...(now !== undefined && {
            loaded: {
              memoryBytes: now.size,
              gpuBytes: now.size_vram,
              ...(until !== undefined && !Number.isNaN(until.getTime()) && { until }),
            },
          }),
        };
      });
    },
    pull,
  };
}

const openAiSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** A server that speaks OpenAI's API: it says what it serves, and takes no orders. */
export function createOpenAiServer(options: {
  /** With the version, e.g. https://vllm.example.com/v1 */
  baseUrl: string;
  apiKey?: string | undefined;
  uses: ModelServer["uses"];
}): ModelServer {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const name = new URL(baseUrl).host;
  return {
    name,
    kind: "openai-compatible",
    uses: options.uses,
    async list() {
      const { data } = await ask(name, `${baseUrl}/models`, openAiSchema, options.apiKey);
      return data.map(({ id }) => ({ name: id }));
    },
  };
}

/** @throws ModelUnavailableError */
async function ask<T>(name: string, url: string, schema: z.ZodType<T>, apiKey?: string): Promise<T> {
  const reply = await callJson(url, { timeoutMs: ASK_TIMEOUT_MS, apiKey });
  if (reply.kind === "away") throw unavailable(name, new Error(reply.message));
  if (reply.kind === "refused") throw unavailable(name, new Error(`${reply.status}: ${reply.message}`));
  const parsed = schema.safeParse(reply.body);
  if (!parsed.success) throw unavailable(name, parsed.error);
  return parsed.data;
}

function unavailable(name: string, error: unknown): ModelUnavailableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ModelUnavailableError(`${name} does not answer: ${reason}`, { cause: error });
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_CHARACTERS) throw new Error("a line without an end");
    yield* lines.filter((line) => line.trim() !== "");
  }
  if (rest.trim() !== "") yield rest;
}
