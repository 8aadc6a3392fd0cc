import type { PlatformObject } from "../../ports.ts";
import type { GpuFootprint } from "../engine-ports.ts";

/** The part of a pod template that is read and labelled. */
export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: {
    nodeSelector?: Record<string, string>;
    containers?: { resources?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> } }[];
  };
}

/** Every template of an object with how many pods it becomes, by reference. */
export type PodTemplates = (object: Readonly<Record<string, unknown>>) => readonly {
  replicas: number;
  template: PodTemplate;
}[];

/** Set where an object only refers to what asks for the GPUs. */
export const EXPECTED_GPUS_ANNOTATION = "jibsa.dev/expected-gpus";

const MOST_PODS = 1_000;

/** GPUs of all pods together and of each, and their type, where a template names one. */
export function footprintOf(object: PlatformObject, podTemplates: PodTemplates): GpuFootprint {
  const templates = podTemplates(object);
  const declared = Number(object.metadata.annotations?.[EXPECTED_GPUS_ANNOTATION]);
  const counted = templates.reduce(
    (sum, { replicas, template }) => sum + gpusOf(template) * (Number.isFinite(replicas) ? replicas : 1),
    0,
  );
  const gpuType = templates.map(({ template }) => template.spec?.nodeSelector?.["gpu-type"]).find(Boolean);
  const podGpus = templates.flatMap(({ replicas, template }) =>
    Array.from({ length: Math.min(MOST_PODS, Math.max(0, replicas)) }, () => gpusOf(template)),
  );
  return {
    gpus: Number.isFinite(declared) ? declared : counted,
    // What the object only refers to makes pods of its own.
    ...(!Number.isFinite(declared) && podGpus.length > 0 && { podGpus }),
    ...(gpuType !== undefined && { gpuType }),
  };
}

function gpusOf(template: PodTemplate): number {
  return (template.spec?.containers ?? []).reduce((pod, { resources }) => {
    const asked = Number(
      resources?.limits?.["nvidia.com/gpu"] ?? resources?.requests?.["nvidia.com/gpu"] ?? 0,
    );
    return pod + (Number.isFinite(asked) ? asked : 0);
  }, 0);
}
