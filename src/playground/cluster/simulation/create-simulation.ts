import type { ClusterClock } from "../cluster-clock.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import type { ObjectWriter } from "../objects/object-writer.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { runResourcePods } from "./argo/run-resource-pods.ts";
import { runWorkflows } from "./argo/run-workflows.ts";
import { createClusterControl } from "./cluster-control.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { runKueue } from "./kueue/run-kueue.ts";
import { runKatibExperiments } from "./run-katib-experiments.ts";
import { runPods } from "./run-pods.ts";
import { runPyTorchJobs } from "./run-pytorch-jobs.ts";
import { runRayClusters } from "./run-ray-clusters.ts";
import { runRayJobs } from "./run-ray-jobs.ts";
import { runTrainJobs } from "./run-train-jobs.ts";
import { schedulePods } from "./schedule-pods.ts";
import { readTrainingLog } from "./training-log.ts";

/** One change may make room for the next; more rounds than this mean that two of them disagree. */
const MOST_ROUNDS = 10;

/** Everything in the cluster that acts by itself. */
export function createSimulation(options: {
  store: ObjectStore;
  writer: ObjectWriter;
  clock: ClusterClock;
  /** Of a training that does not say so itself. */
  trainingDurationMs: number;
}) {
  const { store, writer, clock, trainingDurationMs } = options;
  const control = createClusterControl(store, writer, () => clock.nowMs());
  return {
    /** Lets all controllers act until nothing changes any more. */
    settle(): void {
      control.record.forgetOld();
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const before = store.resourceVersion();
        collectGarbage(control);
        runWorkflows(control);
        runResourcePods(control);
        runKatibExperiments(control);
        runKueue(control);
        runPyTorchJobs(control);
        runTrainJobs(control);
        runRayJobs(control);
        runRayClusters(control);
        schedulePods(control);
        runPods(control, trainingDurationMs);
        if (store.resourceVersion() === before) return;
      }
    },
    readLog: (pod: KubernetesObject, previous: boolean) =>
      readTrainingLog(pod, clock.nowMs(), trainingDurationMs, previous),
  };
}
