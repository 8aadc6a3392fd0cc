import { ClusterForbiddenError, ClusterUnavailableError } from "../cluster-ports.ts";
import type { ActionDeps } from "../define-action.ts";
import type { Identity, Stage } from "../ports.ts";
import type { LogLine, TrainingEngine } from "./engine-ports.ts";
import { diagnoseFailure } from "./failures/diagnose-failure.ts";
import type { FailureDiagnosis } from "./failures/failure-diagnosis.ts";
import { refOfRun, type RunRow } from "./find-run.ts";
import { parseStageParams } from "./stage-catalogue.ts";

const TAIL_LINES = 1_000;
const LOGS_TIMEOUT_MS = 8_000;

/** Why a run failed, from its log as far as it can be had and the platform's words. Never throws for a log that cannot be read. */
export async function diagnoseRun(
  deps: Pick<ActionDeps, "store" | "stages">,
  engine: TrainingEngine,
  run: RunRow,
  as: Identity,
  reason: string | undefined,
): Promise<FailureDiagnosis> {
  const lines: LogLine[] = [];
  try {
    const signal = AbortSignal.timeout(LOGS_TIMEOUT_MS);
    for await (const line of engine.logs(refOfRun(run), as, { tailLines: TAIL_LINES, signal }))
      lines.push(line);
  } catch (error) {
    // What was read until then still counts; without lines the platform's reason speaks alone.
    if (!(error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError)) throw error;
  }
  const stage = deps.stages.find(({ name }) => name === run.stage) ?? withoutParameters(run);
  const request = await deps.store
    .selectFrom("requests")
    .select("input")
    .where("id", "=", run.request_id)
    .executeTakeFirst();
  const given = (request?.input as { parameters?: Record<string, string> } | undefined)?.parameters ?? {};
  const params = parseStageParams(stage, given);
  return diagnoseFailure({
    lines,
    stage: params.ok ? stage : withoutParameters(run),
    params: params.ok ? params.value : {},
    ...(reason !== undefined && { reason }),
  });
}

/** The stage is no longer in the catalogue, or takes other values now: nothing can be proposed in its words. */
function withoutParameters(run: RunRow): Stage {
  return {
    name: run.stage,
    summary: { en: run.stage, ko: run.stage },
    engine: run.engine as Stage["engine"],
    cluster: run.cluster,
    namespace: run.namespace,
    template: {},
    parameters: [],
    expectedHours: 1,
  };
}
