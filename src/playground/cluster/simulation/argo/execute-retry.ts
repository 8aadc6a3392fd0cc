import { isFulfilled, type NodePhase, type NodeStatus, type Template } from "./argo-shapes.ts";
import { nodeOrigin, type Prepared } from "./prepared-template.ts";
import { parseDurationMs } from "./parse-duration.ts";
import { substitute } from "./substitute.ts";
import { mayExecute, type WorkflowContext } from "./workflow-context.ts";

/** A node above the attempts: it succeeds with one of them, and fails with the last that is allowed. */
export function executeRetry(
  context: WorkflowContext,
  nodeName: string,
  prepared: Prepared,
  execute: (context: WorkflowContext, nodeName: string, prepared: Prepared) => NodeStatus | undefined,
): NodeStatus {
  const { nodes } = context;
  const parent = nodes.get(nodeName) ?? nodes.add(nodeName, "Retry", "Running", nodeOrigin(prepared));
  const attempts = (parent.children ?? []).flatMap((id) => nodes.byId(id) ?? []);
  const last = attempts.at(-1);
  let attempt = attempts.length - 1;
  if (last === undefined || isFulfilled(last)) {
    const verdict = last === undefined ? "again" : judge(context, prepared, attempts.length, last);
    if (verdict === "wait") return parent;
    if (verdict !== "again") {
      if (last?.outputs !== undefined) parent.outputs = last.outputs;
      return nodes.mark(nodeName, verdict.phase, verdict.message);
    }
    attempt += 1;
  }
  const name = `${nodeName}(${attempt})`;
  nodes.connect(parent, name);
  const template = substitute(prepared.template, { retries: String(attempt) });
  execute(context, name, { ...prepared, template, attempt });
  return parent;
}

function judge(
  context: WorkflowContext,
  { template, call }: Prepared,
  attempts: number,
  last: NodeStatus,
): "again" | "wait" | { phase: NodePhase; message?: string } {
  if (last.phase === "Succeeded") return { phase: "Succeeded" };
  if (!mayExecute(context, call.onExit))
    return { phase: last.phase, message: `Stopped with strategy '${context.spec.shutdown ?? ""}'` };
  const strategy: NonNullable<Template["retryStrategy"]> = template.retryStrategy ?? {};
  const policy = strategy.retryPolicy ?? "OnFailure";
  const isRetried =
    policy === "Always" || (last.phase === "Failed" ? policy === "OnFailure" : policy === "OnError");
  if (!isRetried) return { phase: last.phase, ...(last.message !== undefined && { message: last.message }) };
  if (strategy.limit !== undefined && attempts > Number(strategy.limit))
    return { phase: last.phase, message: "No more retries left" };
  const pauseMs =
    parseDurationMs(strategy.backoff?.duration ?? 0) *
    Number(strategy.backoff?.factor ?? 1) ** (attempts - 1);
  return context.control.nowMs() < Date.parse(last.finishedAt ?? "") + pauseMs ? "wait" : "again";
}
