import { SearchUnavailableError } from "../ports.ts";

/**
 * Lets so many searches through at a time, the others in the order in which they came: Milvus Lite works on one after the
 * other, and fifty at once would all be late together. When one finds the server away, those that wait hear of it at once.
 */
export function createSearchGate(atOnce: number): <T>(search: () => Promise<T>) => Promise<T> {
  const waiting: { enter: () => void; refuse: (error: SearchUnavailableError) => void }[] = [];
  let inside = 0;
  return async (search) => {
    if (inside < atOnce) inside += 1;
    else await new Promise<void>((enter, refuse) => waiting.push({ enter, refuse }));
    try {
      return await search();
    } catch (error) {
      if (error instanceof SearchUnavailableError)
        for (const one of waiting.splice(0)) one.refuse(new SearchUnavailableError(error.message));
      throw error;
    } finally {
      const next = waiting.shift();
      // Its place is handed on.
      if (next === undefined) inside -= 1;
      else next.enter();
    }
  };
}
