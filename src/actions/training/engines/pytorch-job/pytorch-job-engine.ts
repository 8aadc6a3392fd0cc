import type { Cluster } from "../../../cluster-ports.ts";
import type { PlatformObject } from "../../../ports.ts";
import type { TrainingEngine } from "../../engine-ports.ts";
import { createKubernetesEngine, type RunView } from "../create-kubernetes-engine.ts";
import type { PodTemplate } from "../pod-templates.ts";
import { listPods, progressInLog, restartsOf, waitingReason } from "../pods-of-run.ts";
import { readPyTorchJob } from "./pytorch-job-state.ts";

const JOB_NAME_LABEL = "training.kubeflow.org/job-name";
const CONTAINER = "pytorch";

/** Training Operator v1, https://www.kubeflow.org/docs/components/trainer/legacy-v1/user-guides/pytorch/ */
export function createPyTorchJobEngine(clusters: ReadonlyMap<string, Cluster>): TrainingEngine {
  return createKubernetesEngine(clusters, {
    kind: "pytorch-job",
    resource: { group: "kubeflow.org", version: "v1", resource: "pytorchjobs" },
    objectKind: "PyTorchJob",
    // A pod's name adds "-worker-999", and a label value takes 63.
    maxNameLength: 52,
    container: CONTAINER,
    podTemplates(object) {
      const spec = object["spec"] as
        | { pytorchReplicaSpecs?: Record<string, { replicas?: number; template?: PodTemplate }> }
        | undefined;
      return Object.values(spec?.pytorchReplicaSpecs ?? {}).map((replica) => {
        replica.template ??= {};
        return { replicas: replica.replicas ?? 1, template: replica.template };
      });
    },
    read: readPyTorchJob,
    podsOf,
    async enrich(observation, _object, view) {
      if (observation.detail?.suspended === true) return observation;
      if (observation.state === "queued") return { ...observation, ...waitingReason(await podsOf(view)) };
      if (observation.state !== "running" && observation.state !== "starting") return observation;
      const pods = await podsOf(view);
      const restarts = restartsOf(pods);
      const [first] = pods;
      return {
        ...observation,
        ...(restarts > 0 && { detail: { ...observation.detail, restarts } }),
        ...(first !== undefined &&
          observation.state === "running" &&
          (await progressInLog(view, first.metadata.name, CONTAINER))),
      };
    },
    suspension: (_object, suspend) => ({ spec: { runPolicy: { suspend } } }),
  });
}

/** The master first: it prints the progress. */
const podsOf = (view: RunView): Promise<readonly PlatformObject[]> =>
  listPods(view, `${JOB_NAME_LABEL}=${view.ref.name}`, (pod) =>
    pod.metadata.labels?.["training.kubeflow.org/replica-type"] === "master" ? 0 : 1,
  );
