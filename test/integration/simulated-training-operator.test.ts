import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import { startSimulatedCluster } from "#src/playground/cluster/start-simulated-cluster.ts";
import { trainingOperatorContract } from "#test/contracts/training-operator-contract.ts";
import { accessFromKubeconfig } from "#test/kubernetes-call.ts";

trainingOperatorContract("the simulated cluster", async () => {
  const clock = createManualClock();
  const simulated = await startSimulatedCluster({ port: 0, clock });
  return {
    access: accessFromKubeconfig(simulated.kubeconfig),
    namespace: "llm-training",
    settle: () => clock.advance(200),
    close: () => simulated.close(),
  };
});
