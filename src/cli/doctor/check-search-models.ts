import { openSearchModels } from "../../compose/open-knowledge.ts";
import { searchPieces } from "../../compose/search-pieces.ts";
import type { Config } from "../../config.ts";
import { EmbedderUnavailableError } from "../../rag/ports.ts";
import type { Finding } from "./finding.ts";

const PROBE_TIMEOUT_MS = 20_000;

/** The embedder, by a vector that it makes, and the reranker, by an order. */
export async function checkSearchModels(
  config: Pick<Config, "knowledge" | "searchTokens">,
): Promise<Finding[]> {
  const { embedder, reranker, questionTimeoutMs = 1_000 } = openSearchModels(config);
  const [embedderPiece, rerankerPiece] = searchPieces(config.knowledge);
  const findings: Finding[] = [];
  if (embedder === undefined)
    findings.push({ name: "embedder", level: "ok", text: embedderPiece?.where ?? "" });
  else {
    const startedMs = performance.now();
    try {
      const dimension = await embedder.dimension(AbortSignal.timeout(PROBE_TIMEOUT_MS));
      await embedder.embed(["how long does a question take"], { as: "question" });
      const tookMs = Math.round(performance.now() - startedMs);
      findings.push({
        name: "embedder",
        level: "ok",
        text: `real, ${embedderPiece?.where ?? ""}, ${dimension} numbers a vector, ${tookMs} ms for two (a question waits ${questionTimeoutMs} ms)`,
      });
    } catch (error) {
      const isLate = error instanceof Error && error.name === "TimeoutError";
      if (!isLate && !(error instanceof EmbedderUnavailableError)) throw error;
      findings.push({
        name: "embedder",
        level: "fail",
        text: isLate ? `${embedderPiece?.where ?? ""} took longer than 20 s` : error.message,
        advice:
          "check knowledge.embedder (with Ollama: `ollama pull` its model); until then search goes by words alone",
      });
    }
  }
  if (reranker !== undefined)
    findings.push(
      (await reranker.model.isReachable())
        ? { name: "reranker", level: "ok", text: `real, ${rerankerPiece?.where ?? ""}` }
        : {
            name: "reranker",
            level: "fail",
            text: `${rerankerPiece?.where ?? ""} does not answer`,
            advice: "check knowledge.reranker; until then passages stay in our own order",
          },
    );
  return findings;
}
