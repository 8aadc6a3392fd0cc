import type { Cluster } from "../../../cluster-ports.ts";
import type { PlatformObject } from "../../../ports.ts";
import type { LogLine, LogOptions, RunObservation, TrainingEngine } from "../../engine-ports.ts";
import { createKubernetesEngine, type RunView } from "../create-kubernetes-engine.ts";
import { isRunning, listPods, startOfPods, waitingReason } from "../pods-of-run.ts";
import { readExperiment, specOf } from "./experiment-state.ts";
import { raiseTrials } from "./raise-trials.ts";
import { lastTrue, readTrialObject, type KatibCondition } from "./read-trial.ts";
import { writeSearchSpace } from "./search-space.ts";
import { trialPodTemplates } from "./trial-pod-templates.ts";

const EXPERIMENTS = { group: "kubeflow.org", version: "v1beta1", resource: "experiments" } as const;
const TRIALS = { group: "kubeflow.org", version: "v1beta1", resource: "trials" } as const;
/** On trials, and by Katib's webhook on their pods. */
const EXPERIMENT_LABEL = "katib.kubeflow.org/experiment";
const RECENT_TRIALS = 20;
const PODS_WITH_LOGS = 10;

/** Katib, https://www.kubeflow.org/docs/components/katib/user-guides/katib-config/ */
export function createKatibExperimentEngine(clusters: ReadonlyMap<string, Cluster>): TrainingEngine {
  const engine = createKubernetesEngine(clusters, {
    kind: "katib-experiment",
    resource: EXPERIMENTS,
    objectKind: "Experiment",
    // What Katib's webhook takes: a trial's name adds nine characters.
    maxNameLength: 40,
    container: "",
    podTemplates: trialPodTemplates,
    read: readExperiment,
    podsOf,
    enrich,
    logs,
  });
  return {
    ...engine,
    render: (stage, params, origin) => writeSearchSpace(engine.render(stage, params, origin)),
    async raiseTrials(ref, total, as) {
      const cluster = clusters.get(ref.cluster);
      if (cluster === undefined) throw new Error(`cluster ${ref.cluster} is not configured`);
      const { namespace, name, uid } = ref;
      return raiseTrials(cluster, { ref: { ...EXPERIMENTS, namespace, name }, uid }, total, as);
    },
  };
}

const labelOf = ({ ref }: RunView): string => `${EXPERIMENT_LABEL}=${ref.name}`;

/** Those that run come first. */
const podsOf = (view: RunView): Promise<readonly PlatformObject[]> =>
  listPods(view, labelOf(view), (pod) => (isRunning(pod) ? 0 : 1));

async function enrich(
  observation: RunObservation,
  experiment: PlatformObject,
  view: RunView,
): Promise<RunObservation> {
  const { trials } = observation.detail ?? {};
  if (trials === undefined) return observation;
  const { cluster, ref, as } = view;
  const objects = (
    await cluster.list({ ...TRIALS, namespace: ref.namespace }, as, { labelSelector: labelOf(view) })
  ).toSorted((a, b) => createdAt(b) - createdAt(a) || a.metadata.name.localeCompare(b.metadata.name));
  const recent = objects.slice(0, RECENT_TRIALS).map((trial) => readTrialObject(trial, specOf(experiment)));
  const detailed = { ...observation, detail: { ...observation.detail, trials: { ...trials, recent } } };
  if (observation.state === "failed") return { ...detailed, reason: failureOf(observation, objects) };
  const { queued = 0, running = 0, ...ended } = trials.counts;
  const isWaiting = observation.state === "queued" || observation.state === "running";
  if (!isWaiting || queued + running === 0 || Object.keys(ended).length > 0) return detailed;
  // A trial is "Running" as soon as its job exists, whether or not there are GPUs for it.
  const pods = await podsOf(view);
  if (pods.some(isRunning)) return { ...detailed, ...startOfPods(pods) };
  const { startedAt: _seen, ...waiting } = detailed;
  return { ...waiting, state: "queued", ...waitingReason(pods) };
}

const createdAt = (object: PlatformObject): number =>
  Date.parse((object.metadata as { creationTimestamp?: string }).creationTimestamp ?? "") || 0;

/** Katib's own words, and what the last trial that failed says of itself. */
function failureOf({ reason = "" }: RunObservation, trials: readonly PlatformObject[]): string {
  for (const trial of trials) {
    const { conditions } = (trial["status"] ?? {}) as { conditions?: readonly KatibCondition[] };
    const current = lastTrue(conditions);
    if (current?.type === "Failed" || current?.type === "MetricsUnavailable")
      return `${reason} (${trial.metadata.name}: ${current.message ?? current.reason ?? current.type})`;
  }
  return reason;
}

/** Of the trials whose pods are still there; Katib deletes those of finished ones unless the template says `retain`. */
async function* logs(view: RunView, options: LogOptions): AsyncIterable<LogLine> {
  const { cluster, ref, as } = view;
  const { namespace, name } = ref;
  const experiment = await cluster.get({ ...EXPERIMENTS, namespace, name }, as);
  if (experiment === undefined) return;
  const container = specOf(experiment).trialTemplate?.primaryContainerName;
  for (const { metadata } of (await podsOf(view)).slice(0, PODS_WITH_LOGS)) {
    const target = { namespace, pod: metadata.name, ...(container !== undefined && { container }) };
    for await (const text of cluster.logs(target, as, options)) yield { pod: metadata.name, text };
  }
}
