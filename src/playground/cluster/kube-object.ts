/** Any object, with the metadata that the server itself reads. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    generateName?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  };
  [field: string]: unknown;
}

export interface Container {
  name: string;
  image?: string;
  resources?: { limits?: Record<string, string | number>; requests?: Record<string, string | number> };
}
export interface PodSpec {
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  tolerations?: { key?: string; operator?: string; value?: string; effect?: string }[];
  containers?: Container[];
}
export interface PodStatus {
  phase?: string;
  startTime?: string;
  conditions?: {
    type: string;
    status: string;
    reason?: string;
    message?: string;
    lastTransitionTime?: string;
  }[];
  containerStatuses?: unknown[];
}

/** Times as the API writes them: whole seconds, UTC. */
export const timeText = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");

/** "500m" CPU, "100Gi" memory, "2" GPUs as a plain number. */
export function quantity(value: string | number | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value;
  const match = /^(\d+(?:\.\d+)?)(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(value);
  if (match === null) return 0;
  const factors: Record<string, number> = {
    m: 0.001,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
  };
  return Number(match[1]) * (factors[match[2] ?? ""] ?? 1);
}

export function requestsOf(spec: PodSpec): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { resources } of spec.containers ?? []) {
    for (const [name, value] of Object.entries({ ...resources?.limits, ...resources?.requests }))
      sum[name] = (sum[name] ?? 0) + quantity(value);
  }
  return sum;
}
