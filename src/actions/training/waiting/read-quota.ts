import { ClusterForbiddenError, type Cluster } from "../../cluster-ports.ts";
import type { Identity, PlatformObject } from "../../ports.ts";
import {
  KUEUE,
  QUEUE_LABEL,
  type ClusterQueue,
  type FlavorAmounts,
  type LocalQueue,
} from "./kueue-objects.ts";
import type { QuotaUse } from "./preview-outlook.ts";

const GPU = "nvidia.com/gpu";

interface Asked {
  object: PlatformObject;
  gpus: number;
  gpuType: string | undefined;
}

/** What the quotas that count this object's GPUs would have in use with it. What the person may not see is left out. */
export async function readQuota(cluster: Cluster, asked: Asked, as: Identity): Promise<readonly QuotaUse[]> {
  if (asked.gpus === 0) return [];
  const [ofNamespace, ofQueue] = await Promise.all([
    unlessForbidden(() => resourceQuotas(cluster, asked, as)),
    unlessForbidden(() => clusterQueue(cluster, asked, as)),
  ]);
  return [...(ofNamespace ?? []), ...(ofQueue ?? [])];
}

async function resourceQuotas(
  cluster: Cluster,
  { object, gpus }: Asked,
  as: Identity,
): Promise<readonly QuotaUse[]> {
  const { namespace } = object.metadata;
  const quotas = await cluster.list({ group: "", version: "v1", resource: "resourcequotas", namespace }, as);
  return quotas.flatMap((quota) => {
    const { spec, status } = quota as PlatformObject & {
      spec?: { scopes?: readonly string[]; scopeSelector?: unknown };
      status?: { hard?: Record<string, string | number>; used?: Record<string, string | number> };
    };
    // One for some pods only: whether it counts these is the API server's to say.
    if ((spec?.scopes ?? []).length > 0 || spec?.scopeSelector !== undefined) return [];
    const limit = Number(status?.hard?.[`requests.${GPU}`]);
    const used = Number(status?.used?.[`requests.${GPU}`] ?? 0);
    return Number.isFinite(limit) ? [{ name: quota.metadata.name, used: used + gpus, limit }] : [];
  });
}

async function clusterQueue(
  cluster: Cluster,
  { object, gpus, gpuType }: Asked,
  as: Identity,
): Promise<readonly QuotaUse[]> {
  const queue = object.metadata.labels?.[QUEUE_LABEL];
  if (queue === undefined) return [];
  const { namespace } = object.metadata;
  const ref = { ...KUEUE, resource: "localqueues", namespace, name: queue };
  const local: LocalQueue | undefined = await cluster.get(ref, as);
  const name = local?.spec?.clusterQueue;
  if (name === undefined) return [];
  const [found, flavors] = await Promise.all([
    cluster.get({ ...KUEUE, resource: "clusterqueues", name }, as) as Promise<ClusterQueue | undefined>,
    cluster.list({ ...KUEUE, resource: "resourceflavors" }, as),
  ]);
  const types = new Map(
    flavors.map((flavor) => {
      const { spec } = flavor as PlatformObject & { spec?: { nodeLabels?: Record<string, string> } };
      return [flavor.metadata.name, spec?.nodeLabels?.["gpu-type"]];
    }),
  );
  const isForIt = (flavor: string): boolean =>
    gpuType === undefined || [undefined, gpuType].includes(types.get(flavor));
  const nominal = amountsOf(
    (found?.spec?.resourceGroups ?? []).flatMap((group) => group.flavors ?? []),
    "nominalQuota",
    isForIt,
  );
  if (nominal === undefined) return [];
  const used = amountsOf(found?.status?.flavorsReservation ?? [], "total", isForIt) ?? 0;
  return [{ name, used: used + gpus, limit: nominal }];
}

function amountsOf(
  flavors: readonly FlavorAmounts[],
  field: "nominalQuota" | "total",
  isCounted: (flavor: string) => boolean,
): number | undefined {
  const amounts = flavors
    .filter(({ name }) => isCounted(name))
    .flatMap(({ resources = [] }) => resources)
    .filter(({ name }) => name === GPU)
    .map((resource) => Number(resource[field] ?? 0))
    .filter((amount) => Number.isFinite(amount));
  return amounts.length === 0 ? undefined : amounts.reduce((sum, amount) => sum + amount, 0);
}

async function unlessForbidden<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return undefined;
    throw error;
  }
}
