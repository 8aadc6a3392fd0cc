import { z } from "zod";
import { callJson } from "./call-json.ts";

const ASK_TIMEOUT_MS = 1_000;
/** A model may be pulled again, or served with another length. */
const KNOWN_FOR_MS = 10 * 60_000;
const AGAIN_AFTER_MS = 30_000;

/** https://docs.ollama.com/api (Show Model Information): "qwen3.context_length" and the like; parameters as lines of text. */
const showSchema = z.object({
  model_info: z.record(z.string(), z.unknown()).default({}),
  parameters: z.string().default(""),
});
/** vLLM tells the length of each model; others leave it out. */
const modelsSchema = z.object({
  data: z.array(z.object({ id: z.string(), max_model_len: z.number().int().positive().optional() })),
});

/** Asks a model's server how many tokens of prompt and answer it takes; undefined: it does not tell, or not in time. */
export function createContextLength(
  ask: () => Promise<number | undefined>,
): () => Promise<number | undefined> {
  let known: { tokens: number | undefined; untilMs: number } | undefined;
  return async () => {
    if (known !== undefined && performance.now() < known.untilMs) return known.tokens;
    const tokens = await ask();
    known = { tokens, untilMs: performance.now() + (tokens === undefined ? AGAIN_AFTER_MS : KNOWN_FOR_MS) };
    return tokens;
  };
}

/** What the model was trained for, or what its Modelfile says if that is less. */
export async function askOllama(baseUrl: string, model: string): Promise<number | undefined> {
  const reply = await callJson(`${baseUrl}/api/show`, { body: { model }, timeoutMs: ASK_TIMEOUT_MS });
  const shown = showSchema.safeParse(reply.kind === "answered" ? reply.body : undefined).data;
  if (shown === undefined) return undefined;
  const trained = Object.entries(shown.model_info).find(([key]) => key.endsWith(".context_length"))?.[1];
  const set = Number(/^num_ctx\s+(\d+)/m.exec(shown.parameters)?.[1]);
  const lengths = [Number(trained), set].filter((length) => Number.isInteger(length) && length > 0);
  return lengths.length === 0 ? undefined : Math.min(...lengths);
}

export async function askOpenAi(
  baseUrl: string,
  model: string,
  apiKey: string | undefined,
): Promise<number | undefined> {
  const reply = await callJson(`${baseUrl}/models`, { timeoutMs: ASK_TIMEOUT_MS, apiKey });
  const listed = modelsSchema.safeParse(reply.kind === "answered" ? reply.body : undefined).data;
  return listed?.data.find(({ id }) => id === model)?.max_model_len;
}
