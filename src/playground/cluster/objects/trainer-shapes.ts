import { z } from "zod";

const text = z.string().optional();
const count = z.int32().optional();
const texts = z.record(z.string(), z.string()).optional();
const quantities = z.record(z.string(), z.union([z.string(), z.number()])).optional();
const resources = z.looseObject({ limits: quantities, requests: quantities }).optional();
const env = z.array(z.looseObject({ name: z.string(), value: text })).optional();
const metadata = z.looseObject({ labels: texts, annotations: texts }).optional();

/** A pod template as custom resources hold them. */
export const podTemplateShape = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      nodeSelector: texts,
      tolerations: z
        .array(z.looseObject({ key: text, operator: text, value: text, effect: text }))
        .optional(),
      containers: z.array(z.looseObject({ name: z.string(), image: text, env, resources })).optional(),
    })
    .optional(),
});
export type PodTemplate = z.infer<typeof podTemplateShape>;

const runtimePatch = z.looseObject({
  manager: z.string(),
  trainingRuntimeSpec: z
    .looseObject({
      template: z
        .looseObject({
          spec: z
            .looseObject({
              replicatedJobs: z
                .array(
                  z.looseObject({
                    name: z.string(),
                    template: z
                      .looseObject({
                        spec: z.looseObject({ template: podTemplateShape.optional() }).optional(),
                      })
                      .optional(),
                  }),
                )
                .optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});

const trainJobSpec = z.looseObject({
  runtimeRef: z.looseObject({ name: z.string(), kind: text, apiGroup: text }),
  trainer: z
    .looseObject({
      image: text,
      command: z.array(z.string()).optional(),
      args: z.array(z.string()).optional(),
      env,
      numNodes: count,
      numProcPerNode: count,
      resourcesPerNode: resources,
    })
    .optional(),
  runtimePatches: z.array(runtimePatch).optional(),
  suspend: z.boolean().optional(),
  activeDeadlineSeconds: count,
});
export type TrainJobSpec = z.infer<typeof trainJobSpec>;

const runtimeSpec = z.looseObject({
  mlPolicy: z.looseObject({ numNodes: count }).optional(),
  template: z.looseObject({
    spec: z.looseObject({
      replicatedJobs: z.array(
        z.looseObject({
          name: z.string(),
          template: z.looseObject({ spec: z.looseObject({ template: podTemplateShape }) }),
        }),
      ),
    }),
  }),
});
export type TrainingRuntimeSpec = z.infer<typeof runtimeSpec>;

/** Of Kubeflow Trainer 2.3, as far as the cluster reads them. */
export const trainerShapes: Readonly<Record<string, z.ZodRawShape>> = {
  "trainer.kubeflow.org/trainjobs": { spec: trainJobSpec, status: z.looseObject({}).optional() },
  "trainer.kubeflow.org/trainingruntimes": { spec: runtimeSpec },
  "trainer.kubeflow.org/clustertrainingruntimes": { spec: runtimeSpec },
};
