import { sql, type Selectable } from "kysely";
import type { Database, Store } from "../../store/database.ts";
import { nearestWord } from "../nearest-word.ts";
import type { FieldProblem, PolicySubject, Result } from "../ports.ts";
import type { RunRef } from "./engine-ports.ts";

export type RunRow = Selectable<Database["runs"]>;

/** Of one beginning, newest first; who may see none of them is told that there is none. */
const MOST_CANDIDATES = 200;
/** Whoever misspells a name means one of the newest. */
const MOST_SUGGESTIONS = 500;

/** A run by its id, its name, or the beginning of either; without words the person's latest. From then on people look at it. */
export async function findRun(
  store: Store,
  text: string,
  person: string,
  isVisible?: (run: RunRow) => boolean,
): Promise<Result<RunRow, FieldProblem>> {
  const found = await find(store, text, person, isVisible);
  if (found.ok && found.value.ended_at === null)
    await store
      .updateTable("runs")
      .set({ attended_at: sql<Date>`now()` })
      .where("id", "=", found.value.id)
      .execute();
  return found;
}

async function find(
  store: Store,
  text: string,
  person: string,
  isVisible: (run: RunRow) => boolean = () => true,
): Promise<Result<RunRow, FieldProblem>> {
  const wanted = text.trim().toLowerCase();
  const newest = store.selectFrom("runs").selectAll().orderBy("created_at", "desc");
  if (wanted === "") {
    const latest = (await newest.where("owner", "=", person).limit(20).execute()).find(isVisible);
    return latest === undefined
      ? { ok: false, failure: { field: "run", code: "required" } }
      : { ok: true, value: latest };
  }
  const exact = (
    await newest
      .where((where) => where.or([where("id", "=", wanted), where("name", "=", wanted)]))
      .limit(MOST_CANDIDATES)
      .execute()
  ).find(isVisible);
  if (exact !== undefined) return { ok: true, value: exact };
  const beginning = `${wanted.replace(/[\\%_]/g, "\\$&")}%`;
  const candidates = (
    await newest
      .where((where) => where.or([where("id", "like", beginning), where("name", "like", beginning)]))
      .limit(MOST_CANDIDATES)
      .execute()
  ).filter(isVisible);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return { ok: true, value: only };
  if (only !== undefined)
    return {
      ok: false,
      failure: {
        field: "run",
        code: "ambiguous-run",
        given: wanted.slice(0, 80),
        allowed: candidates
          .slice(0, 5)
          .map((run) => run.name)
          .join(", "),
      },
    };
  const recent = (await newest.limit(MOST_SUGGESTIONS).execute()).filter(isVisible);
  const suggestion = nearestWord(
    wanted,
    recent.map((run) => run.name),
  );
  return {
    ok: false,
    failure: {
      field: "run",
      code: "unknown-run",
      given: wanted.slice(0, 80),
      ...(suggestion !== undefined && { suggestion }),
    },
  };
}

/** What the policy's rules look at when something is done to a run. */
export function subjectOfRun(action: string, run: RunRow): PolicySubject {
  const { stage, namespace, cluster, gpus, owner } = run;
  return { action, stage, namespace, cluster, gpus, owner };
}

export function refOfRun(run: RunRow): RunRef {
  return {
    cluster: run.cluster,
    namespace: run.namespace,
    name: run.name,
    ...(run.uid !== null && { uid: run.uid }),
  };
}
