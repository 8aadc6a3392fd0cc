import type { WorkflowNode } from "./workflow-shapes.ts";

const LONGEST_PREFIX = 242;

/** The name that Argo gives a node's pod: the workflow's own, or "<workflow>-<template>-<hash of the node's name>". */
export function podNameOf(workflow: string, node: WorkflowNode): string {
  if (node.name === workflow) return workflow;
  const template = node.templateName ?? node.templateRef?.template ?? "";
  const prefix = (template === "" ? workflow : `${workflow}-${template}`).slice(0, LONGEST_PREFIX);
  return `${prefix}-${fnv1a(node.name)}`;
}

/** FNV-1a, 32 bits, as Go's hash/fnv. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
