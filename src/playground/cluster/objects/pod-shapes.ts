/** The parts of pods and nodes that the simulation itself reads and writes. */
export interface Resources {
  limits?: Readonly<Record<string, string | number>>;
  requests?: Readonly<Record<string, string | number>>;
}

export interface Container {
  name: string;
  image?: string;
  resources?: Resources;
  [field: string]: unknown;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

export interface PodSpec {
  nodeName?: string;
  nodeSelector?: Readonly<Record<string, string>>;
  tolerations?: readonly Toleration[];
  restartPolicy?: string;
  containers?: readonly Container[];
  [field: string]: unknown;
}

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason: string; startedAt: string; finishedAt: string };
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount?: number;
  state?: ContainerState;
  [field: string]: unknown;
}

export interface PodStatus {
  phase?: string;
  conditions?: readonly Condition[];
  containerStatuses?: readonly ContainerStatus[];
  [field: string]: unknown;
}

export interface NodeSpec {
  taints?: readonly { key: string; value?: string; effect: string }[];
  unschedulable?: boolean;
}

export const podSpecOf = (pod: { spec?: unknown }): PodSpec => (pod.spec ?? {}) as PodSpec;
export const podStatusOf = (pod: { status?: unknown }): PodStatus => (pod.status ?? {}) as PodStatus;
/** Succeeded and Failed pods hold no resources any more. */
export const isOver = (pod: { status?: unknown }): boolean =>
  ["Succeeded", "Failed"].includes(podStatusOf(pod).phase ?? "");
