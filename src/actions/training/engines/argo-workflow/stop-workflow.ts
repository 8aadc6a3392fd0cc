import type { PlatformObject } from "../../../ports.ts";
import type { CancelOutcome } from "../../engine-ports.ts";
import type { RunView } from "../create-kubernetes-engine.ts";
import type { Workflow } from "./workflow-shapes.ts";

const STOP_ASKED_ANNOTATION = "jibsa.dev/stop-asked-at";
/** The same request is carried out again after a crash; a person who asks again wants it to end without its exit handlers. */
const PATIENCE_MS = 30_000;

/**
 * Ends a workflow and keeps it: `Stop` lets exit handlers run; asked again while that goes on, `Terminate` does not. The observer sees
 * when it is over. A suspended workflow would never come to its end, so that is undone.
 */
export async function stopWorkflow(
  object: PlatformObject,
  { cluster, ref, as }: RunView,
  now: Date,
): Promise<CancelOutcome> {
  const { spec = {}, metadata } = object as Workflow;
  const askedAt = Date.parse(metadata.annotations?.[STOP_ASKED_ANNOTATION] ?? "");
  const isStopping = spec.shutdown === "Stop";
  if (spec.shutdown === "Terminate" || (isStopping && now.getTime() - askedAt < PATIENCE_MS))
    return { kind: "cancelled" };
  const target = {
    group: "argoproj.io",
    version: "v1alpha1",
    resource: "workflows",
    namespace: ref.namespace,
    name: ref.name,
  };
  const uid = (metadata as { uid?: string }).uid;
  const patched = await cluster.patch(
    target,
    {
      metadata: {
        // A namesake that came in between is refused.
        ...(uid !== undefined && { uid }),
        ...(!isStopping && { annotations: { [STOP_ASKED_ANNOTATION]: now.toISOString() } }),
      },
      spec: { shutdown: isStopping ? "Terminate" : "Stop", suspend: null },
    },
    as,
  );
  if (patched.ok) return { kind: "cancelled" };
  const { failure } = patched;
  // In conflict with the uid: what has the name now is another's.
  if (failure.kind === "not-found" || failure.kind === "conflict") return { kind: "not-found" };
  if (failure.kind === "forbidden") return { kind: "forbidden", message: failure.message };
  throw new Error(`the workflow cannot be stopped: ${failure.message}`);
}
