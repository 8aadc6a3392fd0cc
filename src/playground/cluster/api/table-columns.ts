import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { isJsonObject } from "../objects/kubernetes-object.ts";
import { podSpecOf, podStatusOf, type Condition } from "../objects/pod-shapes.ts";

export interface Column {
  name: string;
  /** Only in the wide view. */
  wide?: true;
  cell(object: KubernetesObject, nowMs: number): string | number;
}

const at = (object: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (isJsonObject(value) ? value[key] : undefined), object);
const textAt = (object: unknown, ...path: readonly string[]): string => {
  const value = at(object, ...path);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};
const field = (name: string, ...path: readonly string[]): Column => ({
  name,
  cell: (object) => textAt(object, ...path) || "<none>",
});
const wide = (column: Column): Column => ({ ...column, wide: true });

const nameColumn: Column = { name: "Name", cell: ({ metadata }) => metadata.name };
const ageColumn: Column = {
  name: "Age",
  cell: ({ metadata }, nowMs) => durationText(nowMs - Date.parse(metadata.creationTimestamp)),
};

/** A custom resource's column is empty where the field is missing. */
const inStatus = (name: string, fieldName: string): Column => ({
  name,
  cell: (object) => textAt(object, "status", fieldName),
});
const lastConditionType: Column = {
  name: "State",
  cell: (job) => ((at(job, "status", "conditions") ?? []) as Condition[]).at(-1)?.type ?? "",
};

/** What `kubectl get` shows of each kind, as its server decides. */
export const columnsByStorage: Readonly<Record<string, readonly Column[]>> = {
  "kubeflow.org/experiments": [nameColumn, ...lastCondition(), ageColumn],
  "kubeflow.org/trials": [nameColumn, ...lastCondition(), ageColumn],
  "trainer.kubeflow.org/trainjobs": [nameColumn, lastConditionType, ageColumn],
  "ray.io/rayjobs": [
    nameColumn,
    inStatus("job status", "jobStatus"),
    inStatus("deployment status", "jobDeploymentStatus"),
    inStatus("ray cluster name", "rayClusterName"),
    inStatus("start time", "startTime"),
    inStatus("end time", "endTime"),
    { ...ageColumn, name: "age" },
  ],
  "ray.io/rayclusters": [
    nameColumn,
    inStatus("desired workers", "desiredWorkerReplicas"),
    inStatus("available workers", "availableWorkerReplicas"),
    inStatus("gpus", "desiredGPU"),
    inStatus("status", "state"),
    { ...ageColumn, name: "age" },
  ],
  "/pods": [
    nameColumn,
    {
      name: "Ready",
      cell: (pod) =>
        `${statusesOf(pod).filter(({ ready }) => ready).length}/${(podSpecOf(pod).containers ?? []).length}`,
    },
    { name: "Status", cell: podStatusText },
    {
      name: "Restarts",
      cell: (pod) => statusesOf(pod).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    },
    ageColumn,
    wide(field("IP", "status", "podIP")),
    wide(field("Node", "spec", "nodeName")),
  ],
  "/nodes": [
    nameColumn,
    {
      name: "Status",
      cell: (node) => {
        const conditions = (at(node, "status", "conditions") ?? []) as Condition[];
        const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
        const cordoned = at(node, "spec", "unschedulable") === true;
        return `${ready ? "Ready" : "NotReady"}${cordoned ? ",SchedulingDisabled" : ""}`;
      },
    },
    { name: "Roles", cell: ({ metadata }) => metadata.labels?.["node-type"] ?? "<none>" },
    ageColumn,
    field("Version", "status", "nodeInfo", "kubeletVersion"),
    wide({
      name: "Internal-IP",
      cell: (node) =>
        textAt(((at(node, "status", "addresses") ?? []) as unknown[])[0], "address") || "<none>",
    }),
    wide(field("OS-Image", "status", "nodeInfo", "osImage")),
  ],
  "/events": [
    {
      name: "Last Seen",
      cell: (event, nowMs) => durationText(nowMs - Date.parse(textAt(event, "lastTimestamp"))),
    },
    field("Type", "type"),
    field("Reason", "reason"),
    {
      name: "Object",
      cell: (event) =>
        `${textAt(event, "involvedObject", "kind").toLowerCase()}/${textAt(event, "involvedObject", "name")}`,
    },
    wide(field("Source", "source", "component")),
    field("Message", "message"),
    wide(field("Count", "count")),
    wide(nameColumn),
  ],
  "/namespaces": [nameColumn, field("Status", "status", "phase"), ageColumn],
  "/persistentvolumeclaims": [
    nameColumn,
    field("Status", "status", "phase"),
    field("Volume", "spec", "volumeName"),
    field("Capacity", "spec", "resources", "requests", "storage"),
    {
      name: "Access Modes",
      cell: (claim) =>
        ((at(claim, "spec", "accessModes") ?? []) as string[])
          .map((mode) => mode.replaceAll(/[a-z]/g, ""))
          .join(","),
    },
    field("StorageClass", "spec", "storageClassName"),
    ageColumn,
  ],
  "/services": [
    nameColumn,
    { name: "Type", cell: (service) => textAt(service, "spec", "type") || "ClusterIP" },
    field("Cluster-IP", "spec", "clusterIP"),
    ageColumn,
  ],
  "/configmaps": [
    nameColumn,
    { name: "Data", cell: (map) => Object.keys(at(map, "data") ?? {}).length },
    ageColumn,
  ],
  "argoproj.io/workflows": [
    nameColumn,
    { name: "Status", cell: (workflow) => textAt(workflow, "status", "phase") },
    {
      name: "Age",
      cell: (workflow, nowMs) => {
        const startedAt = textAt(workflow, "status", "startedAt");
        return startedAt === "" ? "" : durationText(nowMs - Date.parse(startedAt));
      },
    },
    { name: "Message", cell: (workflow) => textAt(workflow, "status", "message") },
  ],
  "kubeflow.org/pytorchjobs": [nameColumn, lastConditionType, ageColumn],
};

/** As Katib's custom resources define it. */
function lastCondition(): Column[] {
  const last = (object: KubernetesObject): Condition | undefined =>
    ((at(object, "status", "conditions") ?? []) as Condition[]).at(-1);
  return [
    { name: "Type", cell: (object) => last(object)?.type ?? "" },
    { name: "Status", cell: (object) => last(object)?.status ?? "" },
  ];
}

export const defaultColumns: readonly Column[] = [nameColumn, ageColumn];

const statusesOf = (pod: KubernetesObject) => podStatusOf(pod).containerStatuses ?? [];

function podStatusText(pod: KubernetesObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return "Terminating";
  const states = statusesOf(pod).map((status) => status.state);
  const state = states.find((one) => one?.waiting ?? one?.terminated);
  return state?.waiting?.reason ?? state?.terminated?.reason ?? podStatusOf(pod).phase ?? "Unknown";
}

/** "45s", "3m20s", "12m", "5h10m", "26h", "3d4h", "12d". */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (Number.isNaN(seconds)) return "<unknown>";
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  const both = (first: string, rest: number, unit: string): string =>
    rest === 0 ? first : `${first}${rest}${unit}`;
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return both(`${minutes}m`, seconds % 60, "s");
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return both(`${hours}h`, minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  return days < 8 ? both(`${days}d`, hours % 24, "h") : `${days}d`;
}
