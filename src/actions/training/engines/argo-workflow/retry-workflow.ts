import { ClusterForbiddenError } from "../../../cluster-ports.ts";
import type { ControlOutcome } from "../../engine-ports.ts";
import type { RunView } from "../create-kubernetes-engine.ts";
import type { ArgoServer } from "./argo-server-port.ts";
import type { Workflow } from "./workflow-shapes.ts";

/** argo-server refuses to continue what has not failed; that is looked at first, as the person. */
export async function retryWorkflow(
  { cluster, ref, as }: RunView,
  argoServer: ArgoServer | undefined,
): Promise<ControlOutcome> {
  if (argoServer === undefined)
    return { kind: "not-possible", message: `no argo-server is set for cluster ${ref.cluster}` };
  const target = { group: "argoproj.io", version: "v1alpha1", resource: "workflows" };
  let workflow: Workflow | undefined;
  try {
    workflow = await cluster.get({ ...target, namespace: ref.namespace, name: ref.name }, as);
    // argo-server acts by its own token: whether the person may is the cluster's to say.
    const access = { verb: "patch", group: target.group, resource: target.resource };
    const mayI = await cluster.mayI({ ...access, namespace: ref.namespace }, as);
    if (!mayI.allowed)
      return { kind: "forbidden", message: mayI.reason || `${as.user} may not patch workflows` };
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
    throw error;
  }
  const uid = (workflow?.metadata as { uid?: string } | undefined)?.uid;
  if (workflow === undefined || (ref.uid !== undefined && uid !== ref.uid)) return { kind: "not-found" };
  const phase = workflow.status?.phase;
  if (phase === "Succeeded") return { kind: "already-ended", state: "succeeded" };
  if (phase !== "Failed" && phase !== "Error") return { kind: "unchanged" };
  return argoServer.retry({ namespace: ref.namespace, name: ref.name });
}
