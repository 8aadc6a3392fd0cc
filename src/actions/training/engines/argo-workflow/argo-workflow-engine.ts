import type { Cluster } from "../../../cluster-ports.ts";
import type { TrainingEngine } from "../../engine-ports.ts";
import { createKubernetesEngine } from "../create-kubernetes-engine.ts";
import { footprintOf } from "../pod-templates.ts";
import type { ArgoServer } from "./argo-server-port.ts";
import { cronWorkflows } from "./cron-workflows.ts";
import { readWorkflow } from "./read-workflow.ts";
import { retryWorkflow } from "./retry-workflow.ts";
import { stopWorkflow } from "./stop-workflow.ts";
import { decideGate } from "./workflow-gates.ts";
import { podTemplatesOf } from "./workflow-pods.ts";
import { CONTAINER, logsOfWorkflow, podsOfWorkflow, withStepProgress } from "./workflow-pods-of-run.ts";

const RESOURCE = { group: "argoproj.io", version: "v1alpha1", resource: "workflows" };

/** Argo Workflows, https://argo-workflows.readthedocs.io/en/latest/ */
export function createArgoWorkflowEngine(
  clusters: ReadonlyMap<string, Cluster>,
  options: {
    /** By cluster; without one a failed workflow cannot be continued in place. */
    argoServers?: ReadonlyMap<string, ArgoServer>;
    now?: () => Date;
  } = {},
): TrainingEngine {
  const { argoServers = new Map<string, ArgoServer>(), now = () => new Date() } = options;
  const clusterOf = (name: string): Cluster => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw new Error(`cluster ${name} is not configured`);
    return cluster;
  };
  return createKubernetesEngine(clusters, {
    kind: "argo-workflow",
    resource: RESOURCE,
    objectKind: "Workflow",
    // A label value takes 63, and so does a job that a step creates and calls "<name>-preprocess", with its pods.
    maxNameLength: 45,
    container: CONTAINER,
    podTemplates: podTemplatesOf,
    footprint(object) {
      // Steps come one after the other, and one of them may make several pods.
      const { podGpus: _each, ...footprint } = footprintOf(object, podTemplatesOf);
      return footprint;
    },
    read: (object) => readWorkflow(object).observation,
    enrich: withStepProgress,
    podsOf: podsOfWorkflow,
    logs: logsOfWorkflow,
    suspension: (_object, suspend) => ({ spec: { suspend: suspend ? true : null } }),
    cancel: (object, view) => stopWorkflow(object, view, now()),
    extra: {
      schedules: (cluster, namespace, as) => cronWorkflows(clusterOf(cluster), namespace, as),
      decideGate: (ref, gate, decision, as) =>
        decideGate(
          { cluster: clusterOf(ref.cluster), ref: { ...RESOURCE, ...ref }, as },
          gate,
          decision,
          now(),
        ),
      ...(argoServers.size > 0 && {
        retriesOn: (cluster) => argoServers.has(cluster),
        retry: (ref, as) =>
          retryWorkflow({ cluster: clusterOf(ref.cluster), ref, as }, argoServers.get(ref.cluster)),
      }),
    },
  });
}
