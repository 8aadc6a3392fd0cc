import { z } from "zod";
import type { ObjectDraft } from "./kubernetes-object.ts";

const text = z.string().optional();
const quantity = z.union([z.string(), z.number()]).optional();
const texts = z.record(z.string(), z.string()).optional();

/** The fields of Kueue's objects (kueue.x-k8s.io/v1beta2) that the simulation reads. */
export const kueueShapes: Readonly<Record<string, z.ZodRawShape>> = {
  "kueue.x-k8s.io/resourceflavors": { spec: z.looseObject({ nodeLabels: texts }).optional() },
  "kueue.x-k8s.io/workloadpriorityclasses": { value: z.int32(), description: text },
  "kueue.x-k8s.io/clusterqueues": {
    spec: z
      .looseObject({
        queueingStrategy: z.enum(["StrictFIFO", "BestEffortFIFO"]).optional(),
        stopPolicy: z.enum(["None", "Hold", "HoldAndDrain"]).optional(),
        resourceGroups: z
          .array(
            z.looseObject({
              coveredResources: z.array(z.string()),
              flavors: z.array(
                z.looseObject({
                  name: z.string(),
                  resources: z.array(z.looseObject({ name: z.string(), nominalQuota: quantity })),
                }),
              ),
            }),
          )
          .optional(),
      })
      .optional(),
  },
  "kueue.x-k8s.io/localqueues": {
    spec: z
      .looseObject({ clusterQueue: text, stopPolicy: z.enum(["None", "Hold", "HoldAndDrain"]).optional() })
      .optional(),
  },
  "kueue.x-k8s.io/workloads": {
    spec: z
      .looseObject({
        queueName: text,
        active: z.boolean().optional(),
        priority: z.int32().optional(),
        podSets: z.array(z.looseObject({ name: z.string(), count: z.int32() })),
      })
      .optional(),
  },
};

export const QUEUE_LABEL = "kueue.x-k8s.io/queue-name";

/** Kueue's webhook creates what names a queue suspended, whatever it says. */
export function suspendQueued(draft: ObjectDraft): ObjectDraft {
  if (draft.metadata.labels?.[QUEUE_LABEL] === undefined) return draft;
  const { runPolicy, ...spec } = (draft.spec ?? {}) as { runPolicy?: object };
  return { ...draft, spec: { ...spec, runPolicy: { ...runPolicy, suspend: true } } };
}
