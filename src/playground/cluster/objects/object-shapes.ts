import { z } from "zod";
import { argoShapes } from "./argo-object-shapes.ts";
import { kueueShapes } from "./kueue-shapes.ts";
import { rayShapes } from "./ray-shapes.ts";
import { trainerShapes } from "./trainer-shapes.ts";

/** The fields that the cluster itself reads, with the types that the API gives them; all other fields are anything. */
const text = z.string().optional();
const flag = z.boolean().optional();
const count = z.int32().optional();
const texts = z.record(z.string(), z.string()).optional();
const quantities = z.record(z.string(), z.union([z.string(), z.number()])).optional();
const time = z
  .string()
  .refine((value) => !Number.isNaN(Date.parse(value)), "must be a time")
  .optional();

const metadata = z.looseObject({
  name: text,
  generateName: text,
  namespace: text,
  uid: text,
  resourceVersion: text,
  labels: texts,
  annotations: texts,
  finalizers: z.array(z.string()).optional(),
  ownerReferences: z
    .array(
      z.looseObject({
        apiVersion: z.string(),
        kind: z.string(),
        name: z.string(),
        uid: z.string(),
        controller: flag,
        blockOwnerDeletion: flag,
      }),
    )
    .optional(),
  managedFields: z
    .array(z.looseObject({ manager: text, operation: text, fieldsV1: z.looseObject({}).optional() }))
    .optional(),
});

const conditions = z
  .array(
    z.looseObject({
      type: z.string(),
      status: z.string(),
      reason: text,
      message: text,
      lastTransitionTime: time,
    }),
  )
  .optional();

const container = z.looseObject({
  name: text,
  image: text,
  resources: z.looseObject({ limits: quantities, requests: quantities }).optional(),
});

const podSpec = z.looseObject({
  nodeName: text,
  nodeSelector: texts,
  tolerations: z.array(z.looseObject({ key: text, operator: text, value: text, effect: text })).optional(),
  restartPolicy: text,
  terminationGracePeriodSeconds: count,
  containers: z.array(container).optional(),
});

const containerStatuses = z
  .array(
    z.looseObject({
      ready: flag,
      restartCount: count,
      state: z
        .looseObject({
          waiting: z.looseObject({ reason: text, message: text }).optional(),
          terminated: z.looseObject({ exitCode: count, reason: text }).optional(),
        })
        .optional(),
    }),
  )
  .optional();

const replica = z.looseObject({
  replicas: count,
  restartPolicy: text,
  template: z
    .looseObject({
      metadata: z.looseObject({ labels: texts, annotations: texts }).optional(),
      spec: z
        .looseObject({ ...podSpec.shape, containers: z.array(container.extend({ name: z.string() })) })
        .optional(),
    })
    .optional(),
});

const names = z.array(z.string()).optional();

const experimentSpec = z.looseObject({
  objective: z
    .looseObject({
      type: text,
      goal: z.number().optional(),
      objectiveMetricName: text,
      additionalMetricNames: names,
      metricStrategies: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
    })
    .optional(),
  algorithm: z.looseObject({ algorithmName: text }).optional(),
  parallelTrialCount: count,
  maxTrialCount: count,
  maxFailedTrialCount: count,
  resumePolicy: text,
  parameters: z
    .array(
      z.looseObject({
        name: text,
        parameterType: text,
        feasibleSpace: z
          .looseObject({ min: text, max: text, step: text, list: names, distribution: text })
          .optional(),
      }),
    )
    .optional(),
  trialTemplate: z
    .looseObject({
      retain: flag,
      primaryContainerName: text,
      successCondition: text,
      failureCondition: text,
      trialParameters: z.array(z.looseObject({ name: text, reference: text })).optional(),
      trialSpec: z.looseObject({ apiVersion: text, kind: text }).optional(),
    })
    .optional(),
});

/** By the place where objects of a kind are kept; kinds that are not here are only stored. */
const shapes: Readonly<Record<string, z.ZodRawShape>> = {
  ...argoShapes,
  "/configmaps": { data: texts, binaryData: texts },
  "/secrets": { data: texts, stringData: texts },
  "/events": {
    involvedObject: z.looseObject({ kind: text, name: text, uid: text }).optional(),
    lastTimestamp: time,
    count,
  },
  "/namespaces": { spec: z.looseObject({}).optional(), status: z.looseObject({ phase: text }).optional() },
  "/persistentvolumeclaims": {
    spec: z.looseObject({ accessModes: z.array(z.string()).optional() }).optional(),
  },
  "/nodes": {
    spec: z
      .looseObject({
        unschedulable: flag,
        taints: z.array(z.looseObject({ key: z.string(), value: text, effect: z.string() })).optional(),
      })
      .optional(),
    status: z
      .looseObject({
        capacity: quantities,
        allocatable: quantities,
        conditions,
        addresses: z.array(z.looseObject({ type: z.string(), address: z.string() })).optional(),
      })
      .optional(),
  },
  "/pods": {
    spec: podSpec.optional(),
    status: z.looseObject({ phase: text, conditions, containerStatuses }).optional(),
  },
  "kubeflow.org/experiments": { spec: experimentSpec.optional(), status: z.looseObject({}).optional() },
  "kubeflow.org/trials": {
    spec: z.looseObject({
      parameterAssignments: z.array(z.looseObject({ name: z.string(), value: z.string() })),
      runSpec: z.looseObject({ apiVersion: z.string(), kind: z.string() }),
    }),
    status: z.looseObject({ conditions }).optional(),
  },
  ...kueueShapes,
  ...trainerShapes,
  ...rayShapes,
  "kubeflow.org/pytorchjobs": {
    spec: z
      .looseObject({
        runPolicy: z
          .looseObject({
            suspend: flag,
            cleanPodPolicy: text,
            backoffLimit: count,
            activeDeadlineSeconds: count,
            ttlSecondsAfterFinished: count,
          })
          .optional(),
        pytorchReplicaSpecs: z.record(z.string(), replica),
      })
      .optional(),
    status: z
      .looseObject({
        conditions,
        replicaStatuses: z
          .record(z.string(), z.looseObject({ active: count, succeeded: count, failed: count }))
          .optional(),
        startTime: time,
        completionTime: time,
      })
      .optional(),
  },
};

const schemas = new Map<string, z.ZodType>();

/** What an object kept there must look like. */
export function shapeOf(storage: string): z.ZodType {
  const known = schemas.get(storage);
  if (known) return known;
  const schema = z.looseObject({ metadata, ...shapes[storage] });
  schemas.set(storage, schema);
  return schema;
}
