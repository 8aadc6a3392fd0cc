import type { ObjectDraft } from "../../objects/kubernetes-object.ts";
import type { Container } from "../../objects/pod-shapes.ts";
import { ATTEMPT_ANNOTATION, DURATION_ANNOTATION, FOREVER, OUTCOME_ANNOTATION } from "../pod-life.ts";
import type { NodeStatus, Template } from "./argo-shapes.ts";
import { fnv1a } from "./node-tree.ts";
import type { WorkflowContext } from "./workflow-context.ts";

export const WORKFLOW_LABEL = "workflows.argoproj.io/workflow";
export const ON_EXIT_LABEL = "workflows.argoproj.io/on-exit";
export const EXECUTOR_IMAGE = "quay.io/argoproj/argoexec:v3.7.18";
/** The template that the executor works by, as JSON, in the init container's environment. */
export const TEMPLATE_VARIABLE = "ARGO_TEMPLATE";

/** "<workflow>-<template>-<hash of the node's path>"; a workflow of one pod lends it its own name. */
export function podNameOf(workflow: string, nodeName: string, template: string): string {
  if (nodeName === workflow) return workflow;
  const prefix = template === "" ? workflow : `${workflow}-${template}`;
  return `${prefix.slice(0, 242)}-${fnv1a(nodeName)}`;
}

/** With the containers, labels and annotations that the controller gives a pod. */
export function workflowPod(
  { workflow, spec }: WorkflowContext,
  {
    name,
    node,
    template,
    onExit,
    attempt,
  }: {
    name: string;
    node: NodeStatus;
    template: Template;
    onExit: boolean;
    attempt: number | undefined;
  },
): ObjectDraft {
  const { namespace, uid } = workflow.metadata;
  const { inputs: _inputs, ...known } = template;
  const steered = [DURATION_ANNOTATION, OUTCOME_ANNOTATION].flatMap((key) => {
    const value = workflow.metadata.annotations?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  const main = mainContainer(template);
  const environment = { name: "ARGO_NODE_ID", value: node.id };
  const volumes = [...(spec.volumes ?? []), ...(template.volumes ?? [])];
  const nodeSelector = template.nodeSelector ?? spec.nodeSelector;
  const tolerations = template.tolerations ?? spec.tolerations;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: {
        ...spec.podMetadata?.labels,
        ...template.metadata?.labels,
        [WORKFLOW_LABEL]: workflow.metadata.name,
        "workflows.argoproj.io/completed": "false",
        ...(onExit && { [ON_EXIT_LABEL]: "true" }),
      },
      annotations: {
        ...Object.fromEntries(steered),
        ...spec.podMetadata?.annotations,
        // Its executor is there for as long as what it looks after.
        ...(template.resource !== undefined && { [DURATION_ANNOTATION]: FOREVER }),
        ...template.metadata?.annotations,
        "workflows.argoproj.io/node-name": node.name,
        "workflows.argoproj.io/node-id": node.id,
        "kubectl.kubernetes.io/default-container": "main",
        ...(attempt !== undefined && attempt > 0 && { [ATTEMPT_ANNOTATION]: String(attempt) }),
      },
      ownerReferences: [
        {
          apiVersion: workflow.apiVersion,
          kind: workflow.kind,
          name: workflow.metadata.name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      restartPolicy: "Never",
      serviceAccountName: spec.serviceAccountName ?? "default",
      initContainers: [
        {
          name: "init",
          image: EXECUTOR_IMAGE,
          command: ["argoexec", "init"],
          env: [environment, { name: TEMPLATE_VARIABLE, value: JSON.stringify(known) }],
        },
      ],
      containers: [
        ...(template.resource === undefined
          ? [{ name: "wait", image: EXECUTOR_IMAGE, command: ["argoexec", "wait"], env: [environment] }]
          : []),
        { ...main, env: [...((main["env"] ?? []) as unknown[]), environment] },
      ],
      ...(volumes.length > 0 && { volumes }),
      ...(nodeSelector !== undefined && { nodeSelector }),
      ...(tolerations !== undefined && { tolerations }),
    },
  };
}

function mainContainer(template: Template): Container {
  if (template.resource !== undefined)
    return {
      name: "main",
      image: EXECUTOR_IMAGE,
      command: ["argoexec", "resource", template.resource.action ?? ""],
    };
  if (template.script === undefined) return { ...template.container, name: "main" };
  const { source: _source, ...script } = template.script;
  return { ...script, name: "main", args: ["/argo/staging/script"] };
}
