import type { ActionDeps } from "../define-action.ts";
import type { FieldProblem, Person, PolicySubject, Result, Stage } from "../ports.ts";
import type { RunDetail } from "./engine-ports.ts";
import { bestTrialParams } from "./engines/katib-experiment/best-trial-params.ts";
import { findRun, subjectOfRun, type RunRow } from "./find-run.ts";
import { formatValue } from "./stage-catalogue.ts";
import type { TrainStartInput } from "./train-start.ts";

export interface RepeatInput {
  /** Id or name, or the beginning of one; empty: the person's latest. */
  run: string;
  /** Laid over what the run was started with, as typed. */
  parameters: Readonly<Record<string, string>>;
  /** Also what was proposed when it failed. */
  withRemedy?: boolean;
  /** Instead: the stage that the sweep tunes, with the values of its best trial. */
  withBest?: boolean;
}

/** What starts the same once more, with changes: the input of `train-start`, which plans, checks and asks as for any other. */
export async function repeatRun(
  deps: Pick<ActionDeps, "store" | "stages"> & { may(subject: PolicySubject): boolean },
  person: Person,
  { run: text, parameters, withRemedy = false, withBest = false }: RepeatInput,
): Promise<Result<TrainStartInput, readonly FieldProblem[]>> {
  const found = await findRun(deps.store, text, person.slackUserId, (one) =>
    deps.may(subjectOfRun("train-status", one)),
  );
  if (!found.ok) return { ok: false, failure: [found.failure] };
  const run = found.value;
  if (withBest) return withBestTrial(deps.stages, run);
  const request = await deps.store
    .selectFrom("requests")
    .select(["action", "input"])
    .where("id", "=", run.request_id)
    .executeTakeFirst();
  if (request?.action !== "train-start")
    return { ok: false, failure: [{ field: "run", code: "not-started-here", given: run.name }] };
  const before = request.input as TrainStartInput;
  const remedy = withRemedy ? ((run.detail as RunDetail).failure?.remedy?.changes ?? []) : [];
  return {
    ok: true,
    value: {
      stage: before.stage,
      parameters: {
        ...before.parameters,
        ...Object.fromEntries(remedy.map(({ parameter, to }) => [parameter, formatValue(to)])),
        ...parameters,
      },
    },
  };
}

function withBestTrial(
  stages: readonly Stage[],
  run: RunRow,
): Result<TrainStartInput, readonly FieldProblem[]> {
  const tuned = stages.find(({ name }) => name === stages.find((one) => one.name === run.stage)?.tunes);
  const best = (run.detail as RunDetail).trials?.best;
  if (tuned === undefined || best === undefined)
    return { ok: false, failure: [{ field: "run", code: "no-best-trial", given: run.name }] };
  const taken = bestTrialParams(tuned, best);
  switch (taken.kind) {
    case "taken":
      return { ok: true, value: { stage: tuned.name, parameters: { ...taken.given } } };
    case "nothing-in-common":
      return { ok: false, failure: [{ field: "run", code: "no-best-trial", given: run.name }] };
    case "refused":
      return { ok: false, failure: taken.problems };
  }
  return taken satisfies never;
}
