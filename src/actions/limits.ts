import type { Person } from "./ports.ts";

/** How much a person, or a team together, may hold at the same time and use within a week. */
export interface Limit {
  name: string;
  /** "person": each for themselves; "team": everybody whom it is about, together. */
  per: "person" | "team";
  /** Whom it is about; neither: everybody. */
  roles?: readonly string[];
  /** Slack user ids or e-mail addresses; of "person" only. */
  people?: readonly string[];
  namespaces?: readonly string[];
  clusters?: readonly string[];
  gpus?: number;
  runs?: number;
  gpuHoursPerWeek?: number;
}

export interface Amounts {
  gpus: number;
  runs: number;
  /** Of the last seven days, with what is still expected of the open ones. */
  gpuHours: number;
}

/** One figure of one limit, beside what is asked for. */
export interface LimitUse {
  limit: string;
  per: Limit["per"];
  measure: keyof Amounts;
  used: number;
  allowed: number;
  wanted: number;
}

interface Place {
  cluster: string;
  namespace: string;
}

/** The limits that count for what this person starts there. Pure. */
export function limitsFor(
  limits: readonly Limit[],
  person: Pick<Person, "slackUserId" | "email" | "roles">,
  { cluster, namespace }: Place,
): readonly Limit[] {
  const email = person.email?.toLowerCase();
  return limits.filter(({ roles, people, clusters, namespaces }) => {
    const isMeant =
      (roles === undefined && people === undefined) ||
      roles?.some((role) => person.roles.includes(role)) === true ||
      people?.some((name) => name === person.slackUserId || name.toLowerCase() === email) === true;
    return (
      isMeant &&
      (clusters?.includes(cluster) ?? true) &&
      (namespaces === undefined || namespaces.includes(namespace))
    );
  });
}

/** The figures that a limit has, with what is used of them. Pure. */
export function usesOf(limit: Limit, used: Amounts, wanted: Amounts): readonly LimitUse[] {
  const allowed = { gpus: limit.gpus, runs: limit.runs, gpuHours: limit.gpuHoursPerWeek };
  return (["gpus", "runs", "gpuHours"] as const).flatMap((measure) => {
    const most = allowed[measure];
    if (most === undefined) return [];
    return [
      {
        limit: limit.name,
        per: limit.per,
        measure,
        used: used[measure],
        allowed: most,
        wanted: wanted[measure],
      },
    ];
  });
}

/** Whoever asks for nothing of it is not stopped by it, also where it was lowered below what is used. */
export function isOver({ used, wanted, allowed }: Pick<LimitUse, "used" | "wanted" | "allowed">): boolean {
  return wanted > 0 && used + wanted > allowed + ROUNDING;
}

const ROUNDING = 1e-6;
