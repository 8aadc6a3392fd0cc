import type { Config } from "../config.ts";
import type { Piece } from "./start-embedded.ts";

/** What helps the search, if it is configured. */
export function searchPieces({ embedder, reranker }: Config["knowledge"]): Piece[] {
  return [
    embedder === undefined
      ? { name: "embedder", kind: "none", where: "documents are searched for by their words" }
      : { name: "embedder", kind: "real", where: `${embedder.model} at ${embedder.url}` },
    ...(reranker === undefined
      ? []
      : [
          {
            name: "reranker",
            kind: "real" as const,
            where: `${reranker.model === undefined ? "" : `${reranker.model} at `}${reranker.url}`,
          },
        ]),
  ];
}
