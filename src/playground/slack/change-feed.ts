import type { Fields } from "./wire-fields.ts";

/** Something that the page of some people must redraw. `audience` undefined: everybody. */
export interface Change {
  readonly type: string;
  readonly data: Fields;
  readonly audience?: readonly string[];
}

/** Tells open pages what changed; listeners must not throw. */
export interface ChangeFeed {
  publish(change: Change): void;
  /** Returns the cancellation. */
  subscribe(listener: (change: Change) => void): () => void;
}

export function createChangeFeed(): ChangeFeed {
  const listeners = new Set<(change: Change) => void>();
  return {
    publish: (change) => {
      for (const listener of listeners) listener(change);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
