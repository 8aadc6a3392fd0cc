const container = { name: "main", image: "example/train:1" };
const template = { spec: { containers: [container] } };
const ray = {
  headGroupSpec: {
    rayStartParams: {},
    template: { spec: { containers: [{ ...container, name: "ray-head" }] } },
  },
};
const workflow = { entrypoint: "main", templates: [{ name: "main", container }] };

export interface MinimalObject {
  group: string;
  version: string;
  object: { kind: string; spec?: object };
}

/** What the API server takes of each kind that people deal with, and of some that are none of their business; by resource. */
export const MINIMAL_OBJECTS: ReadonlyMap<string, MinimalObject> = new Map<string, MinimalObject>([
  [
    "pytorchjobs",
    {
      group: "kubeflow.org",
      version: "v1",
      object: {
        kind: "PyTorchJob",
        spec: {
          pytorchReplicaSpecs: {
            Master: {
              replicas: 1,
              restartPolicy: "Never",
              template: { spec: { containers: [{ ...container, name: "pytorch" }] } },
            },
          },
        },
      },
    },
  ],
  ["experiments", { group: "kubeflow.org", version: "v1beta1", object: { kind: "Experiment", spec: {} } }],
  [
    "trainjobs",
    {
      group: "trainer.kubeflow.org",
      version: "v1alpha1",
      object: { kind: "TrainJob", spec: { runtimeRef: { name: "torch-distributed" } } },
    },
  ],
  ["workflows", { group: "argoproj.io", version: "v1alpha1", object: { kind: "Workflow", spec: workflow } }],
  [
    "cronworkflows",
    {
      group: "argoproj.io",
      version: "v1alpha1",
      object: { kind: "CronWorkflow", spec: { schedules: ["0 3 * * *"], workflowSpec: workflow } },
    },
  ],
  [
    "workflowtemplates",
    { group: "argoproj.io", version: "v1alpha1", object: { kind: "WorkflowTemplate", spec: workflow } },
  ],
  [
    "rayjobs",
    {
      group: "ray.io",
      version: "v1",
      object: { kind: "RayJob", spec: { entrypoint: "python train.py", rayClusterSpec: ray } },
    },
  ],
  ["rayclusters", { group: "ray.io", version: "v1", object: { kind: "RayCluster", spec: ray } }],
  [
    "workloads",
    {
      group: "kueue.x-k8s.io",
      version: "v1beta2",
      object: { kind: "Workload", spec: { podSets: [{ name: "main", count: 1, template }] } },
    },
  ],
  ["pods", { group: "", version: "v1", object: { kind: "Pod", spec: { containers: [container] } } }],
  ["secrets", { group: "", version: "v1", object: { kind: "Secret" } }],
]);

export function minimalObject(resource: string): MinimalObject {
  const found = MINIMAL_OBJECTS.get(resource);
  if (found === undefined) throw new Error(`there is no minimal object of ${resource}`);
  return found;
}
