/** A model as its server has it. */
export interface ServedModel {
  name: string;
  sizeBytes?: number;
  /** E.g. "8.2B · Q4_K_M". */
  kind?: string;
  /** It lies in memory now. */
  loaded?: { memoryBytes: number; gpuBytes: number; until?: Date };
}

export type PullEvent =
  /** So much is there of what the server has told of so far. */
  | { kind: "progress"; doneBytes: number; totalBytes: number }
  /** The whole model is there. */
  | { kind: "pulled" }
  /** The server cannot, in its words; asking again does not help. */
  | { kind: "refused"; reason: string };

/** Where models are served. Every method throws `ModelUnavailableError` when the server cannot be reached or talks nonsense. */
export interface ModelServer {
  /** Host and port. */
  name: string;
  kind: "ollama" | "openai-compatible";
  /** What is configured here: what people call it, and what the server calls it. */
  uses: readonly { name: string; model: string }[];
  list(): Promise<readonly ServedModel[]>;
  /** Goes on with what is there already. Absent where the server takes no orders. */
  pull?(model: string, signal: AbortSignal): AsyncIterable<PullEvent>;
}

const PART = "[a-z0-9](?:[._-]?[a-z0-9])*";
const MODEL_NAME = new RegExp(`^(?:[a-z0-9](?:[_-]?[a-z0-9])*/)?${PART}(?::${PART})?$`, "i");

/**
 * A name in Ollama's own library, "qwen3:8b" or "team/model:tag". Never one with a host before it: models come from where the
 * server has them from by itself.
 */
export const isModelName = (text: string): boolean => text.length <= 120 && MODEL_NAME.test(text);
