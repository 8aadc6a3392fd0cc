import type { Cluster } from "../cluster-ports.ts";
import type { EngineKind } from "../ports.ts";
import type { TrainingEngine } from "./engine-ports.ts";
import { createKatibExperimentEngine } from "./engines/katib-experiment/katib-experiment-engine.ts";
import { createPyTorchJobEngine } from "./engines/pytorch-job/pytorch-job-engine.ts";

/** Every engine that a stage can name, over the configured clusters. Nothing is connected before it is used. */
export function createEngines(
  clusters: ReadonlyMap<string, Cluster>,
): ReadonlyMap<EngineKind, TrainingEngine> {
  const engines: Record<EngineKind, TrainingEngine> = {
    "katib-experiment": createKatibExperimentEngine(clusters),
    "pytorch-job": createPyTorchJobEngine(clusters),
  };
  return new Map(Object.values(engines).map((engine) => [engine.kind, engine]));
}
