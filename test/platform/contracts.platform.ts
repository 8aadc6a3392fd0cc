import { clusterContract } from "#test/contracts/cluster-contract.ts";
import { kubernetesApiContract } from "#test/contracts/kubernetes-api-contract.ts";
import { kubernetesListsContract } from "#test/contracts/kubernetes-lists-contract.ts";
import { openPlatform } from "./open-platform.ts";
import { readPlatformAccess } from "./platform-access.ts";
import { PEOPLE } from "./rbac-manifests.ts";

const REAL = "a real API server";

kubernetesApiContract(REAL, async () => readPlatformAccess().admin);
kubernetesListsContract(REAL, async () => readPlatformAccess().admin);

clusterContract("the Kubernetes adapter on a real one", async () => {
  const platform = await openPlatform();
  await platform.openNamespace("llm-training");
  return {
    cluster: platform.cluster,
    researcher: PEOPLE.researcher,
    stranger: PEOPLE.stranger,
    goAway: () => platform.proxy.goAway(),
    close: () => platform.close(),
  };
});
