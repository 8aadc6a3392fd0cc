import { ClusterForbiddenError, ClusterUnavailableError } from "../cluster-ports.ts";
import type { ActionDeps } from "../define-action.ts";
import { decide, type Policy } from "../policy.ts";
import { PersonUnavailableError, type Person } from "../ports.ts";
import type { LogLine } from "./engine-ports.ts";
import { refOfRun, subjectOfRun, type RunRow } from "./find-run.ts";
import { holdsText } from "./train-logs.ts";

const SEARCHED_LINES = 500;
const LOGS_TIMEOUT_MS = 8_000;

export type PeekOutcome =
  | { kind: "seen"; run: RunRow; lines: readonly LogLine[] }
  /** The person is gone, or may no longer. */
  | { kind: "refused" }
  | { kind: "away" };

/** The newest lines of a log once more, for somebody who follows it: what they asked for is in the audit log already. */
export async function peekLogs(
  deps: Pick<ActionDeps, "store" | "engines"> & {
    policy: Policy;
    findPerson(slackUserId: string): Promise<Person | undefined>;
  },
  {
    runId,
    person: personId,
    filter,
    lines,
  }: { runId: string; person: string; filter: string; lines: number },
): Promise<PeekOutcome> {
  const run = await deps.store.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirst();
  const engine = [...deps.engines.values()].find(({ kind }) => kind === run?.engine);
  if (run === undefined || engine === undefined) return { kind: "refused" };
  try {
    const person = await deps.findPerson(personId);
    if (
      person === undefined ||
      decide(deps.policy, person, subjectOfRun("train-logs", run)).kind !== "allowed"
    )
      return { kind: "refused" };
    const tailLines = filter === "" ? lines : SEARCHED_LINES;
    const signal = AbortSignal.timeout(LOGS_TIMEOUT_MS);
    const seen: LogLine[] = [];
    for await (const line of engine.logs(refOfRun(run), person.identity, { tailLines, signal }))
      if (filter === "" || holdsText(line.text, filter)) seen.push(line);
    return { kind: "seen", run, lines: seen.slice(-lines) };
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return { kind: "refused" };
    if (error instanceof ClusterUnavailableError || error instanceof PersonUnavailableError)
      return { kind: "away" };
    throw error;
  }
}
