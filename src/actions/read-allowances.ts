import { ClusterForbiddenError, ClusterUnavailableError } from "./cluster-ports.ts";
import type { ActionDeps } from "./define-action.ts";
import type { LimitUse } from "./limits.ts";
import { decide, type Policy } from "./policy.ts";
import { measureLimits } from "./reservations.ts";
import { readQuota } from "./training/waiting/read-quota.ts";

export interface Allowances {
  /** Of the policy: what is used of each figure. */
  limits: readonly LimitUse[];
  /** GPUs of the clusters' own quotas. */
  quotas: readonly { cluster: string; namespace: string; name: string; used: number; limit: number }[];
  /** Whose quotas could not be read, and why. */
  missing: readonly { cluster: string; message: string }[];
}

/** What a person may hold at the places where the stages run, and what is used of it. The clusters are asked as the person. */
export async function readAllowances(
  deps: Omit<ActionDeps, "requestId"> & { policy: Policy },
): Promise<Allowances> {
  const { store, person, policy, clusters } = deps;
  const places = new Map(
    deps.stages
      .filter(
        (stage) =>
          decide(policy, person, {
            action: "train-start",
            stage: stage.name,
            namespace: stage.namespace,
            cluster: stage.cluster,
          }).kind === "allowed",
      )
      .map(({ cluster, namespace }) => [`${cluster}/${namespace}`, { cluster, namespace }]),
  );
  const limits = new Map<string, LimitUse>();
  const quotas: Allowances["quotas"][number][] = [];
  const missing: Allowances["missing"][number][] = [];
  await Promise.all(
    [...places.values()].map(async ({ cluster: name, namespace }) => {
      const wanted = { cluster: name, namespace, gpus: 0, gpuHours: 0 };
      const uses = await measureLimits(store, {
        limits: policy.limits ?? [],
        requester: person,
        wanted,
        now: deps.now(),
      });
      for (const use of uses) limits.set(`${use.limit}/${use.measure}`, use);
      const cluster = clusters.get(name);
      if (cluster === undefined) return;
      try {
        // What the quota would have in use with one GPU more, less that one.
        const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "any", namespace } };
        const found = await readQuota(cluster, { object, gpus: 1, gpuType: undefined }, person.identity);
        for (const quota of found) quotas.push({ cluster: name, namespace, ...quota, used: quota.used - 1 });
      } catch (error) {
        if (!(error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError))
          throw error;
        missing.push({ cluster: name, message: error.message });
      }
    }),
  );
  return { limits: [...limits.values()], quotas, missing };
}
