import { createKubeflowPipelines } from "../actions/adapters/kubeflow-pipelines.ts";
import type { KubeflowPipelines } from "../actions/training/engines/kubeflow-pipeline/kubeflow-pipelines-port.ts";
import type { Config } from "../config.ts";
import type { Embedded } from "./start-embedded.ts";

/** Kubeflow Pipelines of each cluster that has them: as configured, else the playground's. */
export function openPipelines(
  config: Pick<Config, "clusters" | "pipelinesTokens">,
  { simulatedPipelines }: Pick<Embedded["addresses"], "simulatedPipelines">,
): ReadonlyMap<string, KubeflowPipelines> {
  const installations = new Map<string, KubeflowPipelines>();
  for (const { name, kubeflowPipelines } of config.clusters) {
    if (kubeflowPipelines === undefined) continue;
    const { url, namespace, auth } = kubeflowPipelines;
    installations.set(
      name,
      createKubeflowPipelines({
        cluster: name,
        url,
        namespace,
        auth:
          auth === "none"
            ? { kind: "none" }
            : "userHeader" in auth
              ? { kind: "user-header", header: auth.userHeader }
              : { kind: "token", token: config.pipelinesTokens[name] ?? "" },
      }),
    );
  }
  for (const { cluster, url, header } of simulatedPipelines)
    installations.set(
      cluster,
      createKubeflowPipelines({
        cluster,
        url,
        namespace: undefined,
        auth: { kind: "user-header", header },
      }),
    );
  return installations;
}
