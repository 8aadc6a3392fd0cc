import type { Stage } from "../actions/ports.ts";
import type { ConfiguredCluster } from "./read-clusters.ts";

/** Every stage's cluster exists, and has what the stage's engine talks to. What does not fit is added to the problems. */
export function checkStages(
  stages: readonly Pick<Stage, "cluster" | "engine">[],
  clusters: readonly ConfiguredCluster[],
  problems: { path: string; message: string }[],
): void {
  stages.forEach(({ cluster: name, engine }, index) => {
    const cluster = clusters.find((one) => one.name === name);
    if (cluster === undefined)
      problems.push({ path: `stages[${index}].cluster`, message: `there is no cluster "${name}"` });
    else if (
      engine === "kubeflow-pipeline" &&
      cluster.kind !== "simulated" &&
      cluster.kubeflowPipelines === undefined
    )
      problems.push({
        path: `stages[${index}].engine`,
        message: `needs kubeflowPipelines at cluster "${name}" (docs/operate/engine-kubeflow-pipeline.md)`,
      });
  });
}
