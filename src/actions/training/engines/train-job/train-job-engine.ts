import type { Cluster } from "../../../cluster-ports.ts";
import type { PlatformObject } from "../../../ports.ts";
import type { GpuFootprint, RunObservation, TrainingEngine } from "../../engine-ports.ts";
import { createKubernetesEngine, type RunView } from "../create-kubernetes-engine.ts";
import { EXPECTED_GPUS_ANNOTATION } from "../pod-templates.ts";
import {
  isRunning,
  listPods,
  progressInLog,
  restartsOf,
  startOfPods,
  waitingReason,
} from "../pods-of-run.ts";
import { adaptTrainJob, nodeSelectorOf, podPatchOf, TRAINER_NODE } from "./train-job-overrides.ts";
import { readTrainJob } from "./train-job-state.ts";

const JOBSET_LABEL = "jobset.sigs.k8s.io/jobset-name";
const REPLICATED_JOB_LABEL = "jobset.sigs.k8s.io/replicatedjob-name";
const INDEX_LABEL = "batch.kubernetes.io/job-completion-index";
const CONTAINER = "node";

/** Kubeflow Trainer v2, https://www.kubeflow.org/docs/components/trainer/ */
export function createTrainJobEngine(clusters: ReadonlyMap<string, Cluster>): TrainingEngine {
  return createKubernetesEngine(clusters, {
    kind: "train-job",
    resource: { group: "trainer.kubeflow.org", version: "v1alpha1", resource: "trainjobs" },
    objectKind: "TrainJob",
    // JobSet makes host names of it: "-dataset-initializer-0-0" is the longest that it adds, and a host name takes 63.
    maxNameLength: 39,
    container: CONTAINER,
    podTemplates: (object) => [{ replicas: 1, template: podPatchOf(object) }],
    footprint: footprintOfTrainJob,
    adapt: adaptTrainJob,
    read: readTrainJob,
    podsOf,
    enrich,
    suspension: (_object, suspend) => ({ spec: { suspend } }),
  });
}

/** What the TrainJob itself asks for; where only its runtime does, what the stage declares; else one GPU for each process. */
export function footprintOfTrainJob(object: PlatformObject): GpuFootprint {
  const { trainer } = (object["spec"] ?? {}) as {
    trainer?: {
      numNodes?: number;
      numProcPerNode?: number | string;
      resourcesPerNode?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> };
    };
  };
  const nodes = trainer?.numNodes ?? 1;
  const { limits, requests } = trainer?.resourcesPerNode ?? {};
  const asked = limits?.["nvidia.com/gpu"] ?? requests?.["nvidia.com/gpu"];
  const declared = object.metadata.annotations?.[EXPECTED_GPUS_ANNOTATION];
  const processes = trainer?.numProcPerNode;
  const gpus = [
    asked === undefined ? undefined : nodes * Number(asked),
    declared === undefined ? undefined : Number(declared),
    processes === undefined ? undefined : nodes * Number(processes),
  ].find((count) => count !== undefined && Number.isFinite(count));
  const gpuType = nodeSelectorOf(object)["gpu-type"];
  return {
    gpus: gpus ?? 0,
    ...(gpuType !== undefined && { gpuType }),
    ...(asked !== undefined &&
      Number.isFinite(Number(asked)) && {
        podGpus: Array.from({ length: Math.min(1_000, Math.max(0, nodes)) }, () => Number(asked)),
      }),
  };
}

async function enrich(
  observation: RunObservation,
  _object: PlatformObject,
  view: RunView,
): Promise<RunObservation> {
  const isOpen = observation.state === "starting" || observation.state === "running";
  if (!isOpen || observation.detail?.suspended === true) return observation;
  const pods = await podsOf(view);
  const runs = observation.state === "running" || pods.some(isRunning);
  if (!runs) {
    const waiting = waitingReason(pods);
    return { ...observation, state: waiting.reason === undefined ? "starting" : "queued", ...waiting };
  }
  const restarts = restartsOf(pods);
  const [first] = pods;
  return {
    ...observation,
    state: "running",
    ...startOfPods(pods),
    ...(restarts > 0 && { detail: { ...observation.detail, restarts } }),
    ...(observation.progress === undefined &&
      first !== undefined &&
      (await progressInLog(view, first.metadata.name, CONTAINER))),
  };
}

/** The pods that train, by their rank: the first one prints the progress. Those that load data and models are not among them. */
async function podsOf(view: RunView): Promise<readonly PlatformObject[]> {
  const pods = await listPods(view, `${JOBSET_LABEL}=${view.ref.name}`, (pod) =>
    Number(pod.metadata.labels?.[INDEX_LABEL] ?? 0),
  );
  return pods.filter(({ metadata }) => metadata.labels?.[REPLICATED_JOB_LABEL] === TRAINER_NODE);
}
