import type { ObjectStore } from "../../store/object-store.ts";
import { parseQuantity } from "../quantity.ts";
import { labelsOfFlavor, type ClusterQueueSpec } from "./cluster-queue.ts";
import { requestsOf, type PodSet, type PodSetAssignment } from "./workload.ts";

type Group = NonNullable<ClusterQueueSpec["resourceGroups"]>[number];

/** A flavor with room for each resource of every pod set, or Kueue's words for why there is none. No borrowing, no preemption. */
export function assignFlavors(
  store: ObjectStore,
  spec: ClusterQueueSpec,
  podSets: readonly PodSet[],
  usage: ReadonlyMap<string, number>,
): { assignments: readonly PodSetAssignment[] } | { why: string } {
  const taken = new Map(usage);
  const own = new Map<string, number>();
  const assignments: PodSetAssignment[] = [];
  const problems: string[] = [];
  for (const podSet of podSets) {
    const requests = requestsOf(podSet);
    const flavors: Record<string, string> = {};
    const reasons: string[] = [];
    for (const resource of requests.keys())
      if (!(spec.resourceGroups ?? []).some((group) => group.coveredResources.includes(resource)))
        reasons.push(`resource ${resource} unavailable in ClusterQueue`);
    for (const group of spec.resourceGroups ?? []) {
      const found = chooseFlavor(store, group, podSet, requests, { taken, own });
      if (typeof found !== "string") reasons.push(...found);
      else for (const resource of coveredOf(group, requests)) flavors[resource] = found;
    }
    if (reasons.length > 0) {
      problems.push(`couldn't assign flavors to pod set ${podSet.name}: ${reasons.toSorted().join(", ")}`);
      continue;
    }
    const resourceUsage: Record<string, string> = {};
    for (const [resource, flavor] of Object.entries(flavors)) {
      const amount = requests.get(resource) ?? 0;
      const key = `${flavor}/${resource}`;
      taken.set(key, (taken.get(key) ?? 0) + amount);
      own.set(key, (own.get(key) ?? 0) + amount);
      resourceUsage[resource] = String(amount);
    }
    assignments.push({ name: podSet.name, flavors, resourceUsage, count: podSet.count });
  }
  return problems.length === 0 ? { assignments } : { why: problems.join("; ") };
}

const coveredOf = (group: Group, requests: ReadonlyMap<string, number>): string[] =>
  group.coveredResources.filter((resource) => requests.has(resource));

/** The name of the first flavor that takes it, else a reason for each. */
function chooseFlavor(
  store: ObjectStore,
  group: Group,
  { template }: PodSet,
  requests: ReadonlyMap<string, number>,
  { taken, own }: { taken: ReadonlyMap<string, number>; own: ReadonlyMap<string, number> },
): string | string[] {
  const covered = coveredOf(group, requests);
  const reasons: string[] = [];
  const known = new Set(group.flavors.flatMap(({ name }) => Object.keys(labelsOfFlavor(store, name))));
  for (const flavor of group.flavors) {
    const labels = labelsOfFlavor(store, flavor.name);
    const selector = Object.entries(template?.spec?.nodeSelector ?? {}).filter(([key]) => known.has(key));
    if (selector.some(([key, value]) => labels[key] !== value)) {
      reasons.push(`flavor ${flavor.name} doesn't match node affinity`);
      continue;
    }
    const short = covered.flatMap((resource) => {
      const asked = requests.get(resource) ?? 0;
      const key = `${flavor.name}/${resource}`;
      const quota = parseQuantity(flavor.resources.find(({ name }) => name === resource)?.nominalQuota) ?? 0;
      const before = own.get(key) ?? 0;
      if (before + asked > quota)
        return `insufficient quota for ${resource} in flavor ${flavor.name}, previously considered podsets requests (${before}) + current podset request (${asked}) > maximum capacity (${quota})`;
      const needed = (taken.get(key) ?? 0) + asked - quota;
      return needed <= 0
        ? []
        : `insufficient unused quota for ${resource} in flavor ${flavor.name}, ${needed} more needed`;
    });
    if (short.length === 0) return flavor.name;
    reasons.push(...short);
  }
  return covered.length === 0 ? [] : reasons;
}
