import type { Container, Toleration } from "../../objects/pod-shapes.ts";

/** What the workflow controller reads and writes (argoproj.io/v1alpha1); the types are checked by the object's shape. */
export interface WorkflowSpec {
  entrypoint?: string;
  onExit?: string;
  suspend?: boolean;
  shutdown?: string;
  parallelism?: number;
  arguments?: { parameters?: readonly Parameter[] };
  templates?: readonly Template[];
  workflowTemplateRef?: { name?: string; clusterScope?: boolean };
  podMetadata?: TemplateMetadata;
  nodeSelector?: Record<string, string>;
  tolerations?: readonly Toleration[];
  serviceAccountName?: string;
  volumes?: readonly unknown[];
  ttlStrategy?: {
    secondsAfterCompletion?: number;
    secondsAfterSuccess?: number;
    secondsAfterFailure?: number;
  };
  workflowMetadata?: TemplateMetadata;
}

export interface TemplateMetadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Parameter {
  name: string;
  value?: string | number | boolean;
  default?: string;
  description?: string;
  valueFrom?: { path?: string; default?: string; supplied?: object; parameter?: string };
}

export interface Template {
  name?: string;
  inputs?: { parameters?: readonly Parameter[] };
  outputs?: { parameters?: readonly Parameter[] };
  metadata?: TemplateMetadata;
  dag?: { tasks?: readonly Task[]; failFast?: boolean; target?: string };
  steps?: readonly (readonly Task[])[];
  suspend?: { duration?: string | number };
  container?: Partial<Container>;
  script?: Partial<Container> & { source?: string };
  resource?: ResourceAction;
  retryStrategy?: {
    limit?: string | number;
    retryPolicy?: string;
    backoff?: { duration?: string | number; factor?: string | number };
  };
  nodeSelector?: Record<string, string>;
  tolerations?: readonly Toleration[];
  volumes?: readonly unknown[];
  [field: string]: unknown;
}

export interface ResourceAction {
  action?: string;
  manifest?: string;
  flags?: readonly string[];
  setOwnerReference?: boolean;
  successCondition?: string;
  failureCondition?: string;
}

/** A task of a graph or a step of a list: which template, with what, after what. */
export interface Task {
  name: string;
  template?: string;
  templateRef?: { name?: string; template?: string };
  arguments?: { parameters?: readonly Parameter[] };
  dependencies?: readonly string[];
  depends?: string;
  when?: string;
  withItems?: readonly unknown[];
  withSequence?: { count?: string | number };
  continueOn?: { failed?: boolean; error?: boolean };
}

export type NodePhase = "Pending" | "Running" | "Succeeded" | "Skipped" | "Failed" | "Error" | "Omitted";
export type NodeType = "Pod" | "DAG" | "Steps" | "StepGroup" | "TaskGroup" | "Retry" | "Suspend" | "Skipped";

export interface NodeStatus {
  id: string;
  name: string;
  displayName: string;
  type: NodeType;
  templateName?: string;
  templateScope: string;
  phase: NodePhase;
  boundaryID?: string;
  message?: string;
  startedAt: string;
  finishedAt: string | null;
  progress?: string;
  hostNodeName?: string;
  children?: string[];
  outboundNodes?: string[];
  inputs?: { parameters?: readonly Parameter[] };
  outputs?: { parameters?: readonly Parameter[]; exitCode?: string };
  nodeFlag?: { retried?: boolean; hooked?: boolean };
}

export type WorkflowPhase = "" | "Pending" | "Running" | "Succeeded" | "Failed" | "Error";

export interface WorkflowStatus {
  phase?: WorkflowPhase;
  message?: string;
  startedAt?: string | null;
  finishedAt?: string | null;
  progress?: string;
  nodes?: Record<string, NodeStatus>;
  conditions?: { type: string; status: string; message?: string }[];
  storedWorkflowTemplateSpec?: WorkflowSpec;
  [field: string]: unknown;
}

export const isFulfilled = ({ phase }: Pick<NodeStatus, "phase">): boolean =>
  phase !== "Pending" && phase !== "Running";
export const isFailure = ({ phase }: Pick<NodeStatus, "phase">): boolean =>
  phase === "Failed" || phase === "Error";
