import { z } from "zod";

const text = z.string().optional();
const flag = z.boolean().optional();
const texts = z.record(z.string(), z.string()).optional();
/** What Argo calls int-or-string. */
const amount = z.union([z.string(), z.number()]).optional();

const parameters = z
  .array(
    z.looseObject({
      name: z.string(),
      value: z.union([z.string(), z.number(), z.boolean()]).optional(),
      default: text,
      description: text,
      valueFrom: z.looseObject({ default: text, parameter: text }).optional(),
    }),
  )
  .optional();
const inAndOut = z.looseObject({ parameters }).optional();

const quantities = z.record(z.string(), z.union([z.string(), z.number()])).optional();
const container = z
  .looseObject({
    image: text,
    env: z.array(z.looseObject({ name: z.string(), value: text })).optional(),
    resources: z.looseObject({ limits: quantities, requests: quantities }).optional(),
  })
  .optional();

const podMetadata = z.looseObject({ labels: texts, annotations: texts }).optional();
const tolerations = z
  .array(z.looseObject({ key: text, operator: text, value: text, effect: text }))
  .optional();

const task = z.looseObject({
  name: z.string(),
  template: text,
  templateRef: z.looseObject({ name: text, template: text }).optional(),
  arguments: inAndOut,
  dependencies: z.array(z.string()).optional(),
  depends: text,
  when: text,
  withItems: z.array(z.unknown()).optional(),
  withSequence: z.looseObject({ count: amount }).optional(),
  continueOn: z.looseObject({ failed: flag, error: flag }).optional(),
});

const template = z.looseObject({
  name: text,
  inputs: inAndOut,
  outputs: inAndOut,
  metadata: podMetadata,
  dag: z.looseObject({ tasks: z.array(task), failFast: flag, target: text }).optional(),
  steps: z.array(z.array(task)).optional(),
  suspend: z.looseObject({ duration: amount }).optional(),
  container,
  script: container,
  resource: z
    .looseObject({
      action: z.string(),
      manifest: text,
      flags: z.array(z.string()).optional(),
      setOwnerReference: flag,
      successCondition: text,
      failureCondition: text,
    })
    .optional(),
  retryStrategy: z
    .looseObject({
      limit: amount,
      retryPolicy: text,
      backoff: z.looseObject({ duration: amount, factor: amount }).optional(),
    })
    .optional(),
  nodeSelector: texts,
  tolerations,
  volumes: z.array(z.looseObject({ name: z.string() })).optional(),
});

const seconds = z.int32().optional();

const workflowSpec = z.looseObject({
  entrypoint: text,
  onExit: text,
  suspend: flag,
  shutdown: z.enum(["", "Stop", "Terminate"]).optional(),
  parallelism: z.int().optional(),
  serviceAccountName: text,
  arguments: inAndOut,
  templates: z.array(template).optional(),
  workflowTemplateRef: z.looseObject({ name: text, clusterScope: flag }).optional(),
  podMetadata,
  nodeSelector: texts,
  tolerations,
  volumes: z.array(z.looseObject({ name: z.string() })).optional(),
  ttlStrategy: z
    .looseObject({
      secondsAfterCompletion: seconds,
      secondsAfterSuccess: seconds,
      secondsAfterFailure: seconds,
    })
    .optional(),
});

const node = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  phase: z.string(),
  children: z.array(z.string()).optional(),
});

/** Argo Workflows' objects as its full CRDs describe them, in what the controller here reads. */
export const argoShapes: Readonly<Record<string, z.ZodRawShape>> = {
  "argoproj.io/workflows": {
    spec: workflowSpec,
    status: z.looseObject({ phase: text, nodes: z.record(z.string(), node).optional() }).optional(),
  },
  "argoproj.io/workflowtemplates": { spec: workflowSpec },
  "argoproj.io/cronworkflows": {
    spec: z.looseObject({
      schedule: text,
      schedules: z.array(z.string()).optional(),
      timezone: text,
      suspend: flag,
      concurrencyPolicy: text,
      workflowSpec,
    }),
    status: z.looseObject({}).optional(),
  },
};
