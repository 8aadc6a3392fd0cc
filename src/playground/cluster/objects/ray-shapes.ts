import { z } from "zod";
import { podTemplateShape } from "./trainer-shapes.ts";

const text = z.string().optional();
const flag = z.boolean().optional();
const count = z.int32().optional();
const texts = z.record(z.string(), z.string()).optional();

const rayClusterSpec = z.looseObject({
  suspend: flag,
  enableInTreeAutoscaling: flag,
  headGroupSpec: z.looseObject({ rayStartParams: texts, template: podTemplateShape }),
  workerGroupSpecs: z
    .array(
      z.looseObject({
        groupName: z.string(),
        replicas: count,
        minReplicas: count,
        maxReplicas: count,
        numOfHosts: count,
        rayStartParams: texts,
        template: podTemplateShape,
      }),
    )
    .optional(),
});
export type RayClusterSpec = z.infer<typeof rayClusterSpec>;

const rayJobSpec = z.looseObject({
  entrypoint: text,
  runtimeEnvYAML: text,
  jobId: text,
  submissionMode: z.enum(["K8sJobMode", "HTTPMode", "InteractiveMode", "SidecarMode"]).optional(),
  rayClusterSpec: rayClusterSpec.optional(),
  clusterSelector: texts,
  submitterPodTemplate: podTemplateShape.optional(),
  shutdownAfterJobFinishes: flag,
  ttlSecondsAfterFinished: count,
  activeDeadlineSeconds: count,
  backoffLimit: count,
  suspend: flag,
});
export type RayJobSpec = z.infer<typeof rayJobSpec>;

/** Of KubeRay 1.6, as far as the cluster reads them. */
export const rayShapes: Readonly<Record<string, z.ZodRawShape>> = {
  "ray.io/rayclusters": { spec: rayClusterSpec, status: z.looseObject({}).optional() },
  "ray.io/rayjobs": { spec: rayJobSpec, status: z.looseObject({}).optional() },
};
