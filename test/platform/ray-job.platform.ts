import { createRayDashboard } from "#src/actions/adapters/ray-dashboard.ts";
import { createRayJobEngine } from "#src/actions/training/engines/ray-job/ray-job-engine.ts";
import { rayJobContract } from "#test/contracts/ray-job-contract.ts";
import { rayJobStage } from "#test/fixtures/ray-job-stage.ts";
import { openPlatform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";

/** KubeRay brings up the Ray cluster; no Ray runs in its pods, so no job ever begins. Ray itself is in ray.platform.ts. */
rayJobContract("KubeRay 1.6", async () => {
  const platform = await openPlatform();
  const namespace = await platform.openNamespace();
  const stage = rayJobStage({ namespace: namespace.name });
  const clusters = new Map([[stage.cluster, platform.cluster]]);
  return {
    cluster: platform.cluster,
    engine: createRayJobEngine(clusters, createRayDashboard(clusters, new Map())),
    stage,
    params: { workers: 2 },
    researcher: PEOPLE.researcher,
    // Real controllers go round by themselves.
    settle() {},
    close: () => platform.close(),
  };
});
