import { completeExperiment } from "./experiment-shapes.ts";
import { isJsonObject, type ObjectDraft } from "./kubernetes-object.ts";
import { suspendQueued } from "./kueue-shapes.ts";
import type { Container } from "./pod-shapes.ts";
import { podSpecOf } from "./pod-shapes.ts";

/** Fills in what the API server fills in when an object is created, as far as clients look at it. */
export function completeDraft(draft: ObjectDraft): ObjectDraft {
  switch (draft.kind) {
    case "Pod":
      return {
        ...draft,
        spec: {
          restartPolicy: "Always",
          terminationGracePeriodSeconds: 30,
          dnsPolicy: "ClusterFirst",
          schedulerName: "default-scheduler",
          serviceAccountName: "default",
          ...podSpecOf(draft),
          ...(podSpecOf(draft).containers && { containers: podSpecOf(draft).containers?.map(withRequests) }),
        },
        status: { phase: "Pending" },
      };
    case "Namespace":
      return {
        ...draft,
        metadata: {
          ...draft.metadata,
          labels: { ...draft.metadata.labels, "kubernetes.io/metadata.name": draft.metadata.name ?? "" },
        },
        spec: { finalizers: ["kubernetes"] },
        status: { phase: "Active" },
      };
    case "PyTorchJob":
      return suspendQueued(draft);
    case "Workload":
      return { ...draft, spec: { active: true, ...(draft.spec as object | undefined) } };
    case "Experiment":
      return completeExperiment(draft);
    case "TrainJob":
      return withDefaults(completeRuntimeRef(draft), {
        suspend: false,
        managedBy: "trainer.kubeflow.org/trainjob-controller",
      });
    case "RayJob":
      return withDefaults(draft, {
        backoffLimit: 0,
        submissionMode: "K8sJobMode",
        ttlSecondsAfterFinished: 0,
      });
    default:
      return draft;
  }
}

/** Of the object's own schema; what is no object is left to the checks. */
function withDefaults(draft: ObjectDraft, defaults: object): ObjectDraft {
  return isJsonObject(draft.spec) ? { ...draft, spec: { ...defaults, ...draft.spec } } : draft;
}

function completeRuntimeRef(draft: ObjectDraft): ObjectDraft {
  const { spec } = draft;
  if (!isJsonObject(spec) || !isJsonObject(spec["runtimeRef"])) return draft;
  const defaults = { apiGroup: "trainer.kubeflow.org", kind: "ClusterTrainingRuntime" };
  return { ...draft, spec: { ...spec, runtimeRef: { ...defaults, ...spec["runtimeRef"] } } };
}

/** A limit without a request is its request too. */
function withRequests(container: Container): Container {
  if (container?.resources?.limits === undefined) return container;
  const { limits, requests } = container.resources;
  return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } };
}
