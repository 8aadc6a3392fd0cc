import type { Stage } from "#src/actions/ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { openEngine } from "./engine-on-platform.ts";

const CONDITION = { running: "Running", succeeded: "Succeeded", failed: "Failed" };

trainingEngineContract("PyTorchJob with the Training Operator", () =>
  openEngine({
    createEngine: createPyTorchJobEngine,
    resource: { group: "kubeflow.org", version: "v1", resource: "pytorchjobs" },
    stage: withoutRestarts,
    params: { "model-size": "7B", "learning-rate": 2e-5, gpus: 2, "base-model": "/output/cpt_model" },
    isIn({ status }, state) {
      const { conditions = [] } = (status ?? {}) as { conditions?: { type: string; status: string }[] };
      return conditions.some(({ type, status: is }) => type === CONDITION[state] && is === "True");
    },
  }),
);

/** With "OnFailure" a pod that fails is started again and again. */
function withoutRestarts(namespace: string): Stage {
  const stage = structuredClone(stageFixture({ namespace }));
  const { spec } = stage.template as {
    spec: { pytorchReplicaSpecs: { Master: { restartPolicy: string } } };
  };
  spec.pytorchReplicaSpecs.Master.restartPolicy = "Never";
  return stage;
}
