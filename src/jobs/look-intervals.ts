import type { Selectable } from "kysely";
import type { Database, Store } from "../store/database.ts";

type RunRow = Selectable<Database["runs"]>;

/** Nobody asks the platforms more often than this for what a watch would tell, and as often again for what people look at. */
const LOOKS_PER_SECOND = 4;
const SHORTEST_MS = 5_000;
/** Of a run that a watch follows: the watch itself lists everything anew every few minutes. */
const LONGEST_FOLLOWED_MS = 1_200_000;
const LONGEST_MS = 600_000;
/** A run is looked at by people for an hour after it was started or asked about. */
const ATTENDED_MS = 3_600_000;
const COUNTS_KEPT_MS = 5_000;

export type LookIntervals = ReturnType<typeof createLookIntervals>;

export const attendedSince = (now: Date): Date => new Date(now.getTime() - ATTENDED_MS);

export function isAttended(run: Pick<RunRow, "attended_at" | "created_at">, now: Date): boolean {
  return (run.attended_at ?? run.created_at) > attendedSince(now);
}

/**
 * How long until an open run is looked at again when nothing tells of a change: 5 s for the few runs of a small team; with
 * more of them so long that the platforms are asked at a steady rate, and those that people look at before the others.
 */
export function createLookIntervals(deps: {
  store: Store;
  now(): Date;
  /** Whether a watch tells of changes of that run. */
  isFollowed(run: Pick<RunRow, "cluster" | "namespace" | "engine" | "name">): boolean;
}) {
  let counted: { atMs: number; counts: Promise<Counts> } | undefined;
  const counts = (): Promise<Counts> => {
    const nowMs = performance.now();
    if (counted === undefined || nowMs - counted.atMs > COUNTS_KEPT_MS) {
      const counting = countOpen(deps.store, deps.now());
      counted = { atMs: nowMs, counts: counting };
      counting.catch(() => (counted = undefined));
    }
    return counted.counts;
  };
  return {
    async ofRun(runId: string): Promise<number> {
      const run = await deps.store
        .selectFrom("runs")
        .select(["engine", "cluster", "namespace", "name", "attended_at", "created_at"])
        .where("id", "=", runId)
        .executeTakeFirst();
      if (run === undefined) return SHORTEST_MS;
      const { attended, engines, open } = await counts();
      if (isAttended(run, deps.now())) return between(attended, LONGEST_MS);
      if (deps.isFollowed(run)) return between(open, LONGEST_FOLLOWED_MS);
      return between(engines.get(run.engine) ?? 0, LONGEST_MS);
    },
    /** No run waits longer. */
    async longest(): Promise<number> {
      return between((await counts()).open, LONGEST_FOLLOWED_MS);
    },
  };
}

const between = (runs: number, longestMs: number): number =>
  Math.min(longestMs, Math.max(SHORTEST_MS, (runs / LOOKS_PER_SECOND) * 1_000));

interface Counts {
  open: number;
  attended: number;
  engines: ReadonlyMap<string, number>;
}

async function countOpen(store: Store, now: Date): Promise<Counts> {
  const rows = await store
    .selectFrom("runs")
    .select(({ fn }) => [
      "engine",
      fn.countAll<string>().as("open"),
      fn
        .countAll<string>()
        .filterWhere(({ fn: { coalesce } }) => coalesce("attended_at", "created_at"), ">", attendedSince(now))
        .as("attended"),
    ])
    .where("ended_at", "is", null)
    .groupBy("engine")
    .execute();
  const sum = (of: (row: (typeof rows)[number]) => string): number =>
    rows.reduce((total, row) => total + Number(of(row)), 0);
  return {
    open: sum(({ open }) => open),
    attended: sum(({ attended }) => attended),
    engines: new Map(rows.map(({ engine, open }) => [engine, Number(open)])),
  };
}
