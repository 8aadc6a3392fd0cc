import { z } from "zod";

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
    const tokens = await ask().catch(() => undefined);
    known = { tokens, untilMs: performance.now() + (tokens === undefined ? AGAIN_AFTER_MS : KNOWN_FOR_MS) };
    return tokens;
  };
}

/** What the model was trained for, or what its Modelfile says if that is less. */
export async function askOllama(baseUrl: string, model: string): Promise<number | undefined> {
  const response = await fetch(`${baseUrl}/api/show`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model }),
    signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
  });
  const { model_info: info, parameters } = showSchema.parse(await response.json());
  const trained = Object.entries(info).find(([key]) => key.endsWith(".context_length"))?.[1];
  const set = Number(/^num_ctx\s+(\d+)/m.exec(parameters)?.[1]);
  const lengths = [Number(trained), set].filter((length) => Number.isInteger(length) && length > 0);
  return lengths.length === 0 ? undefined : Math.min(...lengths);
}

export async function askOpenAi(
  baseUrl: string,
  model: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const response = await fetch(`${baseUrl}/models`, { headers, signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
  const { data } = modelsSchema.parse(await response.json());
  return data.find(({ id }) => id === model)?.max_model_len;
}
