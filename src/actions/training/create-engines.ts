import type { Cluster } from "../cluster-ports.ts";
import type { EngineKind } from "../ports.ts";
import type { TrainingEngine } from "./engine-ports.ts";
import type { ArgoServer } from "./engines/argo-workflow/argo-server-port.ts";
import { createArgoWorkflowEngine } from "./engines/argo-workflow/argo-workflow-engine.ts";
import { createKatibExperimentEngine } from "./engines/katib-experiment/katib-experiment-engine.ts";
import { createKubeflowPipelineEngine } from "./engines/kubeflow-pipeline/kubeflow-pipeline-engine.ts";
import type { KubeflowPipelines } from "./engines/kubeflow-pipeline/kubeflow-pipelines-port.ts";
import { createPyTorchJobEngine } from "./engines/pytorch-job/pytorch-job-engine.ts";
import type { RayDashboard } from "./engines/ray-job/ray-dashboard-port.ts";
import { createRayJobEngine } from "./engines/ray-job/ray-job-engine.ts";
import { createTrainJobEngine } from "./engines/train-job/train-job-engine.ts";

/** Every engine that a stage can name, over the configured clusters. Nothing is connected before it is used. */
export function createEngines(
  clusters: ReadonlyMap<string, Cluster>,
  options: {
    argoServers?: ReadonlyMap<string, ArgoServer>;
    rayDashboard: RayDashboard;
    /** Of the clusters that have Kubeflow Pipelines. */
    pipelines?: ReadonlyMap<string, KubeflowPipelines>;
  },
): ReadonlyMap<EngineKind, TrainingEngine> {
  const engines: Record<EngineKind, TrainingEngine> = {
    "argo-workflow": createArgoWorkflowEngine(clusters, options),
    "katib-experiment": createKatibExperimentEngine(clusters),
    "kubeflow-pipeline": createKubeflowPipelineEngine(clusters, options.pipelines ?? new Map()),
    "pytorch-job": createPyTorchJobEngine(clusters),
    "ray-job": createRayJobEngine(clusters, options.rayDashboard),
    "train-job": createTrainJobEngine(clusters),
  };
  return new Map(Object.values(engines).map((engine) => [engine.kind, engine]));
}
