import { z } from "zod";
import type { ServerResponse } from "node:http";
import { EmbedderUnavailableError, type Embedder } from "../../rag/ports.ts";
import type { Caller } from "./authenticate.ts";
import type { KeyLimits } from "./key-limits.ts";
import { Refusal } from "./refusal.ts";

const MAX_TEXTS = 256;
const MAX_TEXT_CHARACTERS = 32_000;
/** Of one call: a notebook that waits longer asks again. */
const TIMEOUT_MS = 60_000;

/** https://platform.openai.com/docs/api-reference/embeddings/create; tokens as input are of a tokeniser that nobody has here. */
const embeddingsRequest = z.object({
  model: z.string(),
  input: z.union([
    z.string().min(1).max(MAX_TEXT_CHARACTERS),
    z.array(z.string().min(1).max(MAX_TEXT_CHARACTERS)).min(1).max(MAX_TEXTS),
  ]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.number().int().nullish(),
});

export interface EmbeddingsDeps {
  /** Undefined: none is connected. */
  embedder: Pick<Embedder, "embed" | "name"> | undefined;
  limits: KeyLimits;
}

/** Vectors of the same embedder that the documents have. @throws Refusal */
export async function serveEmbeddings(
  { embedder, limits }: EmbeddingsDeps,
  caller: Caller,
  body: unknown,
  response: ServerResponse,
): Promise<void> {
  if (embedder === undefined)
    throw new Refusal(501, "not_implemented", "no embedder is connected here: there are no embeddings");
  const parsed = embeddingsRequest.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.map(String).join(".") ?? "";
    throw new Refusal(400, "invalid_value", `${param}: ${issue?.message ?? "invalid"}`, { param });
  }
  const { model, input, encoding_format: encoding, dimensions } = parsed.data;
  // Of a name with a mark behind it, the model.
  const [name] = embedder.name.split(" ");
  if (model !== name)
    throw new Refusal(404, "model_not_found", `embeddings are made by "${name}"`, { param: "model" });
  const leave = limits.enter(caller.keyId);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const texts = typeof input === "string" ? [input] : input;
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const vectors = await embedder.embed(texts, { as: "passage", signal });
    const dimension = vectors[0]?.length;
    if (dimensions !== undefined && dimensions !== null && dimensions !== dimension)
      throw new Refusal(400, "unsupported_value", `"${name}" makes vectors of ${dimension} numbers`, {
        param: "dimensions",
      });
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(
      JSON.stringify({
        object: "list",
        model: name,
        data: vectors.map((vector, index) => ({
          object: "embedding",
          index,
          embedding: encoding === "base64" ? toBase64(vector) : [...vector],
        })),
        // Its tokeniser is not here; clients only add these up.
        usage: { prompt_tokens: 0, total_tokens: 0 },
      }),
    );
  } catch (error) {
    if (gone.signal.aborted) return;
    const isAway =
      error instanceof EmbedderUnavailableError || (error instanceof Error && error.name === "TimeoutError");
    if (!isAway) throw error;
    throw new Refusal(503, "embedder_unavailable", "the embedder does not answer", { retryAfterS: 30 });
  } finally {
    leave();
  }
}

/** 32-bit floats, little-endian: what OpenAI's own client asks for. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
