import { openPipelines } from "../../compose/open-pipelines.ts";
import type { Config } from "../../config.ts";
import type { Finding } from "./finding.ts";

const PAGE = "docs/operate/engine-kubeflow-pipeline.md";

/** Kubeflow Pipelines of each cluster that has them: reachable, and in the mode that the settings mean. */
export async function checkPipelines(
  config: Pick<Config, "clusters" | "pipelinesTokens">,
): Promise<Finding[]> {
  const installations = openPipelines(config, { simulatedPipelines: [] });
  return Promise.all(
    [...installations].map(async ([cluster, pipelines]): Promise<Finding> => {
      const name = `pipelines ${cluster}`;
      const reach = await pipelines.isReachable();
      if (!reach.reachable)
        return {
          name,
          level: "fail",
          text: `does not answer: ${reach.reason}`,
          advice: `check clusters[].kubeflowPipelines.url and auth (${PAGE})`,
        };
      const mode = reach.multiUser ? "multi-user mode" : "single-user mode";
      const settings = config.clusters.find((one) => one.name === cluster)?.kubeflowPipelines;
      const isMeant = (settings?.namespace === undefined) === reach.multiUser;
      return isMeant
        ? { name, level: "ok", text: `real, ${mode}` }
        : {
            name,
            level: "warn",
            text: `is in ${mode}`,
            advice: reach.multiUser
              ? `leave out clusters[].kubeflowPipelines.namespace (${PAGE})`
              : `set clusters[].kubeflowPipelines.namespace to where its pods run (${PAGE})`,
          };
    }),
  );
}
