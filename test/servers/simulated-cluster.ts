import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import { startSimulatedCluster } from "#src/playground/cluster/start-simulated-cluster.ts";

/** May work in `llm-training`. */
export const researcher = { user: "minji@example.com", groups: ["jibsa:researchers"] };
/** May not. */
export const stranger = { user: "nobody@example.com", groups: [] };

/** A simulated cluster whose clock a test moves, and the adapter on it. */
export async function startSimulated() {
  const folder = mkdtempSync(join(tmpdir(), "jibsa-ports-"));
  const clock = createManualClock();
  const simulated = await startSimulatedCluster({ port: 0, dataDir: folder, clock });
  const cluster = createKubernetesCluster({
    name: "onprem-a",
    simulated: true,
    source: { kubeconfig: simulated.kubeconfig },
  });
  let closed: Promise<void> | undefined;
  const stop = (): Promise<void> => (closed ??= simulated.close());
  const close = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { clock, simulated, cluster, stop, close };
}

/** Tells the pods with these labels how to end, as the cluster's administrator. */
export async function tellOutcome(
  kubeconfig: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  outcome: "fail" | "oom",
): Promise<void> {
  const { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const pods = await core.listNamespacedPod({ namespace, labelSelector });
  if (pods.items.length === 0) throw new Error(`no pod has ${labelSelector}`);
  const body = { metadata: { annotations: { "simulation.jibsa.dev/outcome": outcome } } };
  for (const { metadata } of pods.items)
    await core.patchNamespacedPod(
      { namespace, name: metadata?.name ?? "", body },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
}
