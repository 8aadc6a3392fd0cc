import type { Cluster } from "../../../cluster-ports.ts";
import type { Identity, PlatformObject } from "../../../ports.ts";
import { listPods } from "../pods-of-run.ts";

/** On every pod of a run, whatever its workflow is called. */
const RUN_ID_LABEL = "pipeline/runid";
/** Argo's, e.g. "korean-llm-x7k2p.root.preprocess.executor(0)". */
const NODE_NAME_ANNOTATION = "workflows.argoproj.io/node-name";

/** The pod of a step that does the step's own work. */
export interface StepPod {
  step: string;
  pod: PlatformObject;
}

/** The API does not tell the pods of a run's tasks (https://github.com/kubeflow/pipelines/issues/14007): they are found by their label. */
export async function podsOfPipelineRun(
  cluster: Cluster,
  at: { runId: string; namespace: string; as: Identity },
): Promise<readonly StepPod[]> {
  const ref = { cluster: cluster.name, namespace: at.namespace, name: "" };
  const pods = await listPods({ cluster, ref, as: at.as }, `${RUN_ID_LABEL}=${at.runId}`, createdAt);
  return pods.flatMap((pod) => {
    const step = stepOf(pod);
    return step === undefined ? [] : [{ step, pod }];
  });
}

const createdAt = (pod: PlatformObject): number =>
  Date.parse((pod.metadata as { creationTimestamp?: string }).creationTimestamp ?? "") || 0;

/** Undefined: a driver, which only decides what a step gets. */
function stepOf({ metadata }: PlatformObject): string | undefined {
  const nodes = (metadata.annotations?.[NODE_NAME_ANNOTATION] ?? metadata.name)
    .split(".")
    .map((node) => node.replace(/\(\d.*\)$/, ""));
  const last = nodes.at(-1) ?? "";
  if (last.endsWith("driver")) return undefined;
  return last === "executor" ? (nodes.at(-2) ?? last) : last;
}

/** "cpt: OOMKilled (exit code 137)", of the last pod that failed. */
export function failureOfPods(pods: readonly StepPod[]): string | undefined {
  const failed = pods.findLast(({ pod }) => statusOf(pod).phase === "Failed");
  if (failed === undefined) return undefined;
  const { message, containerStatuses = [] } = statusOf(failed.pod);
  const ended = containerStatuses
    .map(({ state }) => state?.terminated)
    .find((terminated) => (terminated?.exitCode ?? 0) !== 0);
  const what =
    ended === undefined ? (message ?? "failed") : `${ended.reason ?? "failed"} (exit code ${ended.exitCode})`;
  return `${failed.step}: ${what}`;
}

function statusOf(pod: PlatformObject) {
  return (pod["status"] ?? {}) as {
    phase?: string;
    message?: string;
    containerStatuses?: { state?: { terminated?: { exitCode?: number; reason?: string } } }[];
  };
}
