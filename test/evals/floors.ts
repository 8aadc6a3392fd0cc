import type { GroupReport } from "./group-report.ts";

type Floor = Partial<Record<Exclude<keyof GroupReport, "group" | "lang" | "questions">, number>>;

/** What no change may fall below, by group. A floor is raised when search has become better, never lowered in passing. */
export const FLOORS: Readonly<Record<"passages" | "ownDocs" | "corpus", Readonly<Record<string, Floor>>>> = {
  passages: {
    "passages-ko": { ndcg_at_10: 0.95, answer_contained: 0.83, refusal_auroc: 0.9 },
    "passages-en": { ndcg_at_10: 0.965, answer_contained: 0.83, refusal_auroc: 0.9 },
  },
  ownDocs: {
    "docs-ko": { hit_at_10: 0.98, refusal_auroc: 0.9 },
    "docs-en": { hit_at_10: 0.98, refusal_auroc: 0.9 },
  },
  corpus: {
    "ko-ko": { hit_at_10: 0.98, answer_contained: 0.86, refusal_auroc: 0.9 },
    "ko-en": { hit_at_10: 0.95, answer_contained: 0.83, refusal_auroc: 0.9 },
    "en-en": { hit_at_10: 0.98, answer_contained: 0.86, refusal_auroc: 0.9 },
  },
};

/** Each floor that a report lies under, and each group of floors that no question belongs to. */
export function underFloors(
  groups: readonly GroupReport[],
  floors: Readonly<Record<string, Floor>>,
): string[] {
  return Object.entries(floors).flatMap(([name, floor]) => {
    const group = groups.find((one) => one.group === name);
    if (group === undefined) return [`${name}: no questions`];
    return Object.entries(floor).flatMap(([metric, least]) => {
      const value = Object.entries(group).find(([key]) => key === metric)?.[1];
      return typeof value === "number" && value >= least
        ? []
        : [`${name}: ${metric} is ${value}, under ${least}`];
    });
  });
}
