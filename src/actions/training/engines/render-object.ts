import type { PlatformObject, Stage, StageParams } from "../../ports.ts";
import type { ObjectOrigin } from "../engine-ports.ts";
import { labelsFor, REQUESTED_BY_ANNOTATION } from "../object-labels.ts";
import { applyParams } from "../stage-catalogue.ts";
import { EXPECTED_GPUS_ANNOTATION, type PodTemplates } from "./pod-templates.ts";

/** The stage's template with its parameters, a name made from the request, and labels on it and on everything that becomes a pod. */
export function renderObject(
  kind: {
    resource: { group: string; version: string };
    objectKind: string;
    maxNameLength: number;
    podTemplates: PodTemplates;
  },
  stage: Stage,
  params: StageParams,
  origin: ObjectOrigin,
): PlatformObject {
  const object = applyParams(stage, params);
  const labels = labelsFor(stage.name, origin);
  for (const { template } of kind.podTemplates(object)) {
    template.metadata ??= {};
    template.metadata.labels = { ...template.metadata.labels, ...labels };
  }
  const given = object["metadata"] as
    | { labels?: Record<string, string>; annotations?: Record<string, string> }
    | undefined;
  return {
    ...object,
    apiVersion: `${kind.resource.group}/${kind.resource.version}`,
    kind: kind.objectKind,
    metadata: {
      ...given,
      name: nameFor(stage.name, origin.requestId, kind.maxNameLength),
      namespace: stage.namespace,
      labels: { ...given?.labels, ...labels },
      annotations: {
        ...given?.annotations,
        [REQUESTED_BY_ANNOTATION]: origin.owner.slackUserId,
        ...(stage.expectedGpus !== undefined && { [EXPECTED_GPUS_ANNOTATION]: String(stage.expectedGpus) }),
      },
    },
  };
}

/** "sft-r1a2b3": the request's id is never cut, the stage's name is. Begins with a letter, as most platforms want it. */
export function nameFor(stage: string, requestId: string, maxLength: number): string {
  const named = /^[a-z]/.test(stage) ? stage : `s${stage}`;
  const head = named.slice(0, maxLength - requestId.length - 1).replace(/-+$/, "");
  return `${head}-${requestId}`;
}
