import type { Stage } from "#src/actions/ports.ts";
import { createTrainJobEngine } from "#src/actions/training/engines/train-job/train-job-engine.ts";
import type { TrainJobStatus } from "#src/actions/training/engines/train-job/train-job-state.ts";
import { trainJobContract } from "#test/contracts/train-job-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { trainJobStage } from "#test/fixtures/train-job-stage.ts";
import { openEngine } from "./engine-on-platform.ts";
import { openPlatform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";

const RUNTIME = "torch-once";
const params = { "learning-rate": 2e-5, nodes: 2 };

trainingEngineContract("TrainJob with Trainer 2.3 and JobSet", () =>
  openEngine({
    createEngine: createTrainJobEngine,
    resource: { group: "trainer.kubeflow.org", version: "v1alpha1", resource: "trainjobs" },
    stage: onRuntime,
    params,
    isIn({ status }, state) {
      const { conditions = [], jobsStatus = [] } = (status ?? {}) as TrainJobStatus;
      const isTrue = (type: string) => conditions.some((one) => one.type === type && one.status === "True");
      if (state === "running") return jobsStatus.some(({ ready = 0, active = 0 }) => ready > 0 && active > 0);
      return isTrue(state === "succeeded" ? "Complete" : "Failed");
    },
    async arrange({ admin }, namespace) {
      await admin.apply(runtimeWithoutRestarts, namespace.name);
    },
  }),
);

trainJobContract("Trainer 2.3 and JobSet", async () => {
  const platform = await openPlatform();
  const namespace = await platform.openNamespace();
  await namespace.steer({ durationSeconds: "forever" });
  const stage = trainJobStage({ namespace: namespace.name });
  return {
    cluster: platform.cluster,
    engine: createTrainJobEngine(new Map([[stage.cluster, platform.cluster]])),
    stage,
    params,
    researcher: PEOPLE.researcher,
    // Real controllers go round by themselves.
    settle() {},
    close: () => platform.close(),
  };
});

/** With torch-distributed, the one that Trainer brings, a pod that fails is started again and again. */
const runtimeWithoutRestarts = {
  apiVersion: "trainer.kubeflow.org/v1alpha1",
  kind: "TrainingRuntime",
  metadata: { name: RUNTIME, labels: { "trainer.kubeflow.org/framework": "torch" } },
  spec: {
    mlPolicy: { numNodes: 1, torch: {} },
    template: {
      spec: {
        replicatedJobs: [
          {
            name: "node",
            template: {
              metadata: { labels: { "trainer.kubeflow.org/trainjob-ancestor-step": "trainer" } },
              spec: {
                backoffLimit: 0,
                template: {
                  spec: {
                    restartPolicy: "Never",
                    containers: [{ name: "node", image: "pytorch/pytorch:2.13.0-cuda13.0-cudnn9-runtime" }],
                  },
                },
              },
            },
          },
        ],
      },
    },
  },
};

function onRuntime(namespace: string): Stage {
  const stage = structuredClone(trainJobStage({ namespace }));
  const { spec } = stage.template as { spec: { runtimeRef: { name: string; kind?: string } } };
  spec.runtimeRef = { name: RUNTIME, kind: "TrainingRuntime" };
  return stage;
}
