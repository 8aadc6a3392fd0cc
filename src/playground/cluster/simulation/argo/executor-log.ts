import type { KubernetesObject } from "../../objects/kubernetes-object.ts";
import { podSpecOf } from "../../objects/pod-shapes.ts";
import type { Run } from "../pod-life.ts";
import { EXECUTOR_IMAGE } from "./workflow-pod.ts";

/** Whether a pod's main container is Argo's own, that looks after an object. */
export const isExecutor = (pod: KubernetesObject): boolean =>
  podSpecOf(pod).containers?.find(({ name }) => name === "main")?.image === EXECUTOR_IMAGE;

/** What it prints. */
export function executorLog(run: Run, nowMs: number): { atMs: number; text: string }[] {
  const line = (atMs: number, level: string, message: string) => ({
    atMs,
    text: `time="${new Date(atMs).toISOString()}" level=${level} msg="${message}"`,
  });
  return [
    line(run.startedAtMs, "info", "Starting Workflow Executor"),
    line(run.startedAtMs, "info", "Waiting for the conditions of the resource"),
    ...(nowMs < run.endsAtMs
      ? []
      : run.exitCode === 0
        ? [line(run.endsAtMs, "info", "Returning from successful wait for resource")]
        : [line(run.endsAtMs, "error", "the resource has failed, is gone, or the step was stopped")]),
  ];
}
