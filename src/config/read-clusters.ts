import type { Environment, FileConfig } from "./config-schema.ts";

export const DEFAULT_CLUSTER = "onprem-a";

/** Where a cluster is, and what else is known of it. */
export type ConfiguredCluster = (
  | { name: string; kind: "simulated" }
  | { name: string; kind: "kubeconfig"; file: string; context?: string }
  | { name: string; kind: "in-cluster" }
) & {
  argoServer?: { url: string };
  kubeflowPipelines?: {
    url: string;
    namespace?: string | undefined;
    auth: "none" | { userHeader: string } | { tokenEnv: string };
  };
  ray?: { dashboardUrl?: string | undefined; tokenEnv?: string | undefined };
};

/** Without any in the file, one: from KUBECONFIG, else simulated. */
export function readClusters(env: Environment, file: FileConfig): readonly ConfiguredCluster[] {
  if (file.clusters.length === 0) {
    return env.KUBECONFIG === undefined
      ? [{ name: DEFAULT_CLUSTER, kind: "simulated" }]
      : [{ name: DEFAULT_CLUSTER, kind: "kubeconfig", file: env.KUBECONFIG }];
  }
  return file.clusters.map(({ name, kubeconfig, context, inCluster, ...services }) => {
    const { argoServer, kubeflowPipelines, ray } = services;
    const common = {
      name,
      ...(argoServer !== undefined && { argoServer }),
      ...(kubeflowPipelines !== undefined && { kubeflowPipelines }),
      ...(ray !== undefined && { ray }),
    };
    if (inCluster === true) return { ...common, kind: "in-cluster" };
    const source = kubeconfig ?? env.KUBECONFIG;
    return source === undefined
      ? { ...common, kind: "simulated" }
      : { ...common, kind: "kubeconfig", file: source, ...(context !== undefined && { context }) };
  });
}
