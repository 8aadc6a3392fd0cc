import type { ChatModel } from "./ports.ts";

/** A model as it is configured; `model.name` is what people call it. */
export interface NamedModel {
  model: ChatModel;
  /** Of a whole answer; default 60 s. */
  deadlineMs?: number;
  /** Until its first word; default 30 s. */
  firstTokenMs?: number;
}

/** After a failure a model is left alone for so long, after each further one twice as long, up to ten minutes. */
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 600_000;

/**
 * Which models a question is tried with, and in which order: the wanted one, then the others as configured. One that failed is
 * left alone for a while, so that questions are answered by the next one at once, unless it is asked for by name.
 */
export function createModelOrder(models: readonly NamedModel[], nowMs: () => number) {
  const failures = new Map<string, { count: number; restsUntilMs: number }>();
  return {
    /** There is no model at all. */
    isEmpty: models.length === 0,
    candidates(wanted: string | undefined, isOnly = false): readonly NamedModel[] {
      const first = models.filter(({ model }) => model.name === wanted);
      const others = models.filter(
        ({ model }) => model.name !== wanted && (failures.get(model.name)?.restsUntilMs ?? 0) <= nowMs(),
      );
      return isOnly ? first : [...first, ...others];
    },
    failed(name: string): void {
      const count = (failures.get(name)?.count ?? 0) + 1;
      const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (count - 1));
      failures.set(name, { count, restsUntilMs: nowMs() + restMs });
    },
    answered(name: string): void {
      failures.delete(name);
    },
  };
}
