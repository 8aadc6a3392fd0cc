import { SearchUnavailableError, type VectorIndex } from "./ports.ts";
import type { SourceState } from "./source-state.ts";

/** With how many chunks of each source wait for their vector, as far as these readers may know. */
export async function withVectorCounts(
  index: VectorIndex,
  states: readonly SourceState[],
  audiences: readonly string[],
): Promise<readonly SourceState[]> {
  try {
    const counts = await Promise.all(
      states.map(({ source }) => index.countWithoutVectors(source, audiences)),
    );
    return states.map((state, position) => ({ ...state, withoutVectors: counts[position] ?? 0 }));
  } catch (error) {
    if (error instanceof SearchUnavailableError) return states;
    throw error;
  }
}
