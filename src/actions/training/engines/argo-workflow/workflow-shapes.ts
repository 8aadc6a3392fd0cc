import type { PlatformObject } from "../../../ports.ts";

/** The parts of a Workflow that are read, https://argo-workflows.readthedocs.io/en/latest/fields/#workflow */
export interface Workflow extends PlatformObject {
  spec?: WorkflowSpec;
  status?: WorkflowStatus;
}

export interface WorkflowSpec {
  entrypoint?: string;
  onExit?: string;
  suspend?: boolean;
  shutdown?: string;
  workflowTemplateRef?: { name?: string };
  arguments?: { parameters?: readonly WorkflowParameter[] };
  templates?: readonly WorkflowTemplate[];
  nodeSelector?: Record<string, string>;
  podMetadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
}

export interface WorkflowParameter {
  name: string;
  value?: string | number | boolean;
  description?: string;
  valueFrom?: { default?: string; supplied?: object };
}

/** One of the workflow's templates: a graph, a list of lists, a gate, or what becomes a pod. */
export interface WorkflowTemplate {
  name?: string;
  dag?: { tasks?: readonly WorkflowTask[] };
  steps?: readonly (readonly WorkflowTask[])[];
  nodeSelector?: Record<string, string>;
  container?: Container;
  script?: Container;
  containerSet?: { containers?: readonly Container[] };
  resource?: { manifest?: string };
}

export interface Container {
  resources?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> };
}

export interface WorkflowTask {
  name: string;
  template?: string;
  dependencies?: readonly string[];
  depends?: string;
  withItems?: readonly unknown[];
  withSequence?: { count?: string | number };
}

export interface WorkflowStatus {
  phase?: "" | "Pending" | "Running" | "Succeeded" | "Failed" | "Error";
  message?: string;
  progress?: string;
  startedAt?: string | null;
  finishedAt?: string | null;
  nodes?: WorkflowNodes;
  /** Base64 of gzip of JSON, where the nodes are too large for the object. */
  compressedNodes?: string;
  /** Set where the nodes lie in the controller's own database. */
  offloadNodeStatusVersion?: string;
  /** The spec with what it takes from the referred WorkflowTemplate. */
  storedWorkflowTemplateSpec?: WorkflowSpec;
}

export type WorkflowNodes = Readonly<Record<string, WorkflowNode>>;

export interface WorkflowNode {
  id: string;
  /** The path from the workflow's name: "wf.sft", "wf[0].train", "wf.sft(1)". */
  name: string;
  displayName?: string;
  type?: string;
  phase?: "Pending" | "Running" | "Succeeded" | "Skipped" | "Failed" | "Error" | "Omitted";
  templateName?: string;
  templateRef?: { template?: string };
  message?: string;
  progress?: string;
  startedAt?: string | null;
  finishedAt?: string | null;
  children?: readonly string[];
  inputs?: { parameters?: readonly WorkflowParameter[] };
  outputs?: { parameters?: readonly WorkflowParameter[] };
}
