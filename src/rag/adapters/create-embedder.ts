import { createHash } from "node:crypto";
import { z } from "zod";
import { EmbedderUnavailableError, type Embedder } from "../ports.ts";
import { callJson } from "./call-json.ts";

export interface EmbedderOptions {
  kind: "ollama" | "openai-compatible";
  /** Ollama: http://127.0.0.1:11434. Others with the version: https://vllm.example.com/v1 */
  baseUrl: string;
  /** As the server names it, e.g. "bge-m3". */
  model: string;
  apiKey?: string;
  /** Texts of one call. */
  batchSize: number;
  /** Of one call. */
  timeoutMs: number;
  /** What some models want before a question and before a passage, e.g. "query: " and "passage: ". */
  questionPrefix?: string;
  passagePrefix?: string;
}

const PROBE_TIMEOUT_MS = 2_000;
const MAX_DIMENSION = 8_192;
/** A text is halved so often; a sixteenth of a chunk fits every model. */
const MAX_HALVINGS = 4;
/** How servers say that a text, or a batch, is more than they take: llama.cpp and older Ollamas with a 500. */
const TOO_MUCH_STATUS: ReadonlySet<number> = new Set([400, 413, 422, 500]);
const TOO_LONG = /context|too long|too large|tokens|batch size|maximum|exceed/i;

const vector = z.array(z.number()).min(1).max(MAX_DIMENSION);
/** https://docs.ollama.com/api/embed */
const ollamaSchema = z.object({ embeddings: z.array(vector) }).transform(({ embeddings }) => embeddings);
/** https://platform.openai.com/docs/api-reference/embeddings/object */
const openAiSchema = z
  .object({ data: z.array(z.object({ index: z.number().int(), embedding: vector })) })
  .transform(({ data }) =>
    data.toSorted((left, right) => left.index - right.index).map(({ embedding }) => embedding),
  );

/** An embedding model behind Ollama, or behind any server that speaks OpenAI's protocol (vLLM, TEI, llama.cpp, KServe). */
export function createEmbedder(options: EmbedderOptions): Embedder {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const { protocol } = new URL(baseUrl);
  if (protocol !== "http:" && protocol !== "https:")
    throw new RangeError(`an embedder's address must begin with http:// or https://: ${options.baseUrl}`);
  const { kind, model, apiKey, timeoutMs, batchSize } = options;
  const prefixes = { question: options.questionPrefix ?? "", passage: options.passagePrefix ?? "" };
  let dimension: number | undefined;

  async function call(
    texts: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Float32Array[] | "too long"> {
    const reply = await callJson(kind === "ollama" ? `${baseUrl}/api/embed` : `${baseUrl}/embeddings`, {
      // Ollama would cut long texts and not tell.
      body:
        kind === "ollama"
          ? { model, input: texts, truncate: false }
          : { model, input: texts, encoding_format: "float" },
      timeoutMs,
      apiKey,
      signal,
    });
    if (reply.kind === "refused" && TOO_MUCH_STATUS.has(reply.status) && TOO_LONG.test(reply.message))
      return "too long";
    if (reply.kind !== "answered") {
      const status = reply.kind === "refused" ? `${reply.status}: ` : "";
      throw new EmbedderUnavailableError(`${model} at ${baseUrl}: ${status}${reply.message}`);
    }
    const parsed = (kind === "ollama" ? ollamaSchema : openAiSchema).safeParse(reply.body);
    if (!parsed.success || parsed.data.length !== texts.length)
      throw new EmbedderUnavailableError(`${model} at ${baseUrl} answered something else than vectors`);
    const vectors = parsed.data.map(toUnitLength);
    const length = vectors[0]?.length;
    if (vectors.some((one) => one.length !== length || !one.every(Number.isFinite)))
      throw new EmbedderUnavailableError(`${model} at ${baseUrl} answered vectors that cannot be used`);
    return vectors;
  }

  /** Halves what is too much: first the batch, then the text, whose vector is then the mean of its parts. */
  async function embedSome(
    texts: readonly string[],
    signal: AbortSignal | undefined,
    halvings = 0,
  ): Promise<readonly Float32Array[]> {
    const vectors = await call(texts, signal);
    if (vectors !== "too long") return vectors;
    const [first] = texts;
    if (texts.length > 1 || first === undefined) {
      const middle = Math.ceil(texts.length / 2);
      const left = await embedSome(texts.slice(0, middle), signal, halvings);
      return [...left, ...(await embedSome(texts.slice(middle), signal, halvings))];
    }
    if (halvings === MAX_HALVINGS || first.length < 2)
      throw new EmbedderUnavailableError(`${model} at ${baseUrl} takes not even ${first.length} characters`);
    const parts: Float32Array[] = [];
    for (const half of halves(first)) parts.push(...(await embedSome([half], signal, halvings + 1)));
    return [meanOf(parts)];
  }

  async function embed(
    texts: readonly string[],
    { as, signal }: Parameters<Embedder["embed"]>[1],
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += batchSize) {
      const some = texts.slice(start, start + batchSize).map((text) => prefixes[as] + text);
      vectors.push(...(await embedSome(some, signal)));
    }
    dimension = vectors[0]?.length ?? dimension;
    return vectors;
  }

  return {
    name: nameOf(model, prefixes),
    embed,
    async dimension(signal) {
      if (dimension === undefined) await embed(["dimension"], { as: "passage", signal });
      return dimension ?? 0;
    },
    async isReachable() {
      const path = kind === "ollama" ? "/api/tags" : "/models";
      const reply = await callJson(baseUrl + path, { timeoutMs: PROBE_TIMEOUT_MS, apiKey });
      if (reply.kind === "answered") return true;
      // TEI has no list of models; whoever answers that is there.
      return reply.kind === "refused" && reply.status === 404 && kind === "openai-compatible";
    },
  };
}

function nameOf(model: string, prefixes: { question: string; passage: string }): string {
  if (prefixes.passage === "" && prefixes.question === "") return model;
  const hash = createHash("sha256").update(JSON.stringify(prefixes)).digest("hex").slice(0, 8);
  return `${model} ${hash}`;
}

function halves(text: string): [string, string] {
  const middle = Math.ceil(text.length / 2);
  const space = text.lastIndexOf(" ", middle);
  const cut = space > text.length / 4 ? space : middle;
  return [text.slice(0, cut).toWellFormed(), text.slice(cut).toWellFormed()];
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = Array.from({ length: vectors[0]?.length ?? 0 }, () => 0);
  for (const one of vectors)
    for (const [index, value] of one.entries()) sum[index] = (sum[index] ?? 0) + value;
  return toUnitLength(sum);
}

/** Not a number where there is no direction: a vector of zeros is nearest to nothing. */
function toUnitLength(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}
