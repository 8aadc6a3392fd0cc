import { z } from "zod";
import { RerankerUnavailableError, type Reranker } from "../ports.ts";
import { callJson } from "./call-json.ts";

export interface RerankerOptions {
  /** With the version where there is one: https://vllm.example.com/v1; TEI: http://tei:8080. "/rerank" is added. */
  baseUrl: string;
  /** Absent: the only one that the server has. */
  model?: string | undefined;
  apiKey?: string | undefined;
  /** Of one call. */
  timeoutMs: number;
}

const PROBE_TIMEOUT_MS = 2_000;

/** llama.cpp, vLLM, KServe: {results: [{index, relevance_score}]}; TEI: [{index, score}]. */
const scoresSchema = z.union([
  z
    .object({ results: z.array(z.object({ index: z.number().int(), relevance_score: z.number() })) })
    .transform(({ results }) => results.map(({ index, relevance_score: score }) => ({ index, score }))),
  z.array(z.object({ index: z.number().int(), score: z.number() })),
]);

/** A reranking model behind any server with the route /rerank: llama.cpp, vLLM, TEI, KServe. */
export function createReranker(options: RerankerOptions): Reranker {
  const { model, apiKey, timeoutMs } = options;
  const url = `${options.baseUrl.replace(/\/+$/, "")}/rerank`;
  const name = model ?? new URL(url).host;
  /** TEI calls the documents "texts" and knows no model; learned from its first refusal. */
  let isTei = false;

  async function scores(
    query: string,
    texts: readonly string[],
    timeLeftMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly number[]> {
    const startedMs = performance.now();
    const body = isTei
      ? { query, texts, truncate: true }
      : { ...(model !== undefined && { model }), query, documents: texts, top_n: texts.length };
    const reply = await callJson(url, { body, timeoutMs: timeLeftMs, apiKey, signal });
    if (reply.kind === "refused" && reply.status === 422 && !isTei && /texts/.test(reply.message)) {
      isTei = true;
      return scores(query, texts, Math.max(1, timeLeftMs - (performance.now() - startedMs)), signal);
    }
    if (reply.kind !== "answered") {
      const status = reply.kind === "refused" ? `${reply.status}: ` : "";
      throw new RerankerUnavailableError(`${name}: ${status}${reply.message}`);
    }
    const parsed = scoresSchema.safeParse(reply.body);
    const byIndex = new Map((parsed.data ?? []).map(({ index, score }) => [index, score]));
    return texts.map((_, index) => {
      const score = byIndex.get(index);
      if (score === undefined || !Number.isFinite(score))
        throw new RerankerUnavailableError(`${name} did not score every passage`);
      return score;
    });
  }

  return {
    name,
    score: (query, texts, signal) => scores(query, texts, timeoutMs, signal),
    async isReachable() {
      try {
        await scores("ready", ["ready"], PROBE_TIMEOUT_MS, undefined);
        return true;
      } catch (error) {
        if (error instanceof RerankerUnavailableError) return false;
        throw error;
      }
    },
  };
}
