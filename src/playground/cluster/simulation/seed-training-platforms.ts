import type { ClusterClock } from "../cluster-clock.ts";
import { formatTime } from "../objects/kubernetes-object.ts";
import type { ObjectWriter } from "../objects/object-writer.ts";
import { apiVersionOf, typeOfKind } from "../objects/resource-types.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { componentWriter } from "./cluster-control.ts";

const SIMULATED = { "jibsa.dev/simulated": "true" };

/** What an installation of Kubeflow Trainer 2.3 brings along; added where it is missing. */
export function seedTrainingPlatforms(store: ObjectStore, writer: ObjectWriter, clock: ClusterClock): void {
  const create = (kind: string, name: string, spec: object, labels = {}): void => {
    const type = typeOfKind(kind);
    if (store.get(type.storage, undefined, name)) return;
    writer.create(
      type,
      { apiVersion: apiVersionOf(type), kind, metadata: { name, labels: { ...SIMULATED, ...labels } }, spec },
      { writer: componentWriter("simulation", type) },
    );
  };
  create(
    "ClusterTrainingRuntime",
    "torch-distributed",
    {
      mlPolicy: { numNodes: 1, torch: {} },
      template: {
        spec: {
          replicatedJobs: [
            {
              name: "node",
              template: {
                metadata: { labels: { "trainer.kubeflow.org/trainjob-ancestor-step": "trainer" } },
                spec: {
                  template: {
                    spec: {
                      containers: [{ name: "node", image: "pytorch/pytorch:2.13.0-cuda13.0-cudnn9-runtime" }],
                    },
                  },
                },
              },
            },
          ],
        },
      },
    },
    { "trainer.kubeflow.org/framework": "torch" },
  );
  const { group, resource, singular } = typeOfKind("TrainJob");
  create("CustomResourceDefinition", `${resource}.${group}`, {
    group,
    names: { kind: "TrainJob", listKind: "TrainJobList", plural: resource, singular },
    scope: "Namespaced",
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", properties: { spec: TRAIN_JOB_SCHEMA } } },
      },
    ],
  });
  const definition = typeOfKind("CustomResourceDefinition");
  const stored = store.get(definition.storage, undefined, `${resource}.${group}`);
  if (stored === undefined || stored.status !== undefined) return;
  const established = {
    type: "Established",
    status: "True",
    reason: "InitialNamesAccepted",
    lastTransitionTime: formatTime(clock.nowMs()),
  };
  writer.update(
    definition,
    { ...stored, status: { conditions: [established], storedVersions: ["v1alpha1"] } },
    { writer: componentWriter("simulation", definition, "status") },
  );
}

/** The names of the fields only: which of them there are tells the version of Trainer. */
const TRAIN_JOB_SCHEMA = {
  type: "object",
  properties: {
    activeDeadlineSeconds: { type: "integer" },
    initializer: { type: "object" },
    managedBy: { type: "string" },
    runtimePatches: { type: "array", items: { type: "object" } },
    runtimeRef: { type: "object" },
    suspend: { type: "boolean" },
    trainer: { type: "object" },
  },
};
