import { z } from "zod";
import type { FileConfig } from "./config-schema.ts";
import { readToken } from "./read-cluster-tokens.ts";
import { duration } from "./units.ts";

const httpUrl = z.url({ protocol: /^https?$/ });
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/);

/** What turns chunks and questions into vectors; absent: search goes by words alone. */
export const embedderSchema = z
  .strictObject({
    kind: z.enum(["ollama", "openai"]),
    url: httpUrl,
    model: z.string().min(1).default("bge-m3"),
    /** Which environment variable holds its key. */
    apiKeyEnv: variable.optional(),
    batchSize: z.number().int().min(1).max(512).default(32),
    /** Of one call while documents are indexed. */
    timeout: duration.default(60_000),
    /** A question is answered by words alone when its vector takes longer. */
    questionTimeout: duration.default(1_000),
    questionPrefix: z.string().max(500).optional(),
    passagePrefix: z.string().max(500).optional(),
  })
  .optional();

/** What puts the best chunks in another order; absent: none does. */
export const rerankerSchema = z
  .strictObject({
    /** With the version: /rerank is added. */
    url: httpUrl,
    model: z.string().min(1).optional(),
    apiKeyEnv: variable.optional(),
    /** Our own order stays when it takes longer. */
    timeout: duration.default(1_500),
    /** Of our own order, how many it sees. */
    passages: z.number().int().min(2).max(100).default(30),
  })
  .optional();

/** Keys of the embedder and the reranker. */
export function readSearchTokens(
  { knowledge }: Pick<FileConfig, "knowledge">,
  env: NodeJS.ProcessEnv,
  problems: { path: string; message: string }[],
): { embedder: string | undefined; reranker: string | undefined } {
  return {
    embedder: readToken(env, knowledge.embedder?.apiKeyEnv, "the embedder", problems),
    reranker: readToken(env, knowledge.reranker?.apiKeyEnv, "the reranker", problems),
  };
}
