import { ClusterForbiddenError, type Cluster, type ObjectRef } from "../../../cluster-ports.ts";
import type { Identity } from "../../../ports.ts";
import type { ControlOutcome, RunRef } from "../../engine-ports.ts";
import { controlled } from "../control-outcome.ts";
import { readExperiment, specOf } from "./experiment-state.ts";
import { lastTrue, type KatibCondition } from "./read-trial.ts";

const MAX_TRIALS_REACHED = "ExperimentMaxTrialsReached";

/**
 * Sets `maxTrialCount`. One that has ended goes on with it, if it ended by reaching its trials and its resumePolicy keeps what
 * it needs for that (https://www.kubeflow.org/docs/components/katib/user-guides/resume-experiment/).
 */
export async function raiseTrials(
  cluster: Cluster,
  { ref, uid }: { ref: ObjectRef; uid: RunRef["uid"] },
  total: number,
  as: Identity,
): Promise<ControlOutcome> {
  let experiment;
  try {
    experiment = await cluster.get(ref, as);
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
    throw error;
  }
  if (experiment === undefined) return { kind: "not-found" };
  if (uid !== undefined && (experiment.metadata as { uid?: string }).uid !== uid)
    return { kind: "not-found" };
  const { maxTrialCount, resumePolicy = "Never" } = specOf(experiment);
  if (maxTrialCount === total) return { kind: "unchanged" };
  if (maxTrialCount === undefined)
    return { kind: "not-possible", message: "it has no maxTrialCount: it goes on until it is stopped" };
  if (total < maxTrialCount)
    return {
      kind: "not-possible",
      message: `it has ${maxTrialCount} trials already; only more are possible`,
    };
  if (resumePolicy === "Never")
    return {
      kind: "not-possible",
      message: "its resumePolicy is Never: LongRunning or FromVolume is needed",
    };
  const { state } = readExperiment(experiment);
  const { conditions } = (experiment["status"] ?? {}) as { conditions?: readonly KatibCondition[] };
  if (state === "failed") return { kind: "already-ended", state };
  if (state === "succeeded" && lastTrue(conditions)?.reason !== MAX_TRIALS_REACHED)
    return { kind: "already-ended", state };
  const { resourceVersion } = experiment.metadata as { resourceVersion?: string };
  const patched = await cluster.patch(
    ref,
    {
      ...(resourceVersion !== undefined && { metadata: { resourceVersion } }),
      spec: { maxTrialCount: total },
    },
    as,
  );
  return controlled(patched);
}
