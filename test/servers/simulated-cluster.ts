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
