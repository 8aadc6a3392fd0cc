import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { podSpecOf } from "../objects/pod-shapes.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "./cluster-control.ts";
import { placedAtMs } from "./schedule-pods.ts";

/** On a pod or a PyTorchJob: how many seconds one run takes, or "forever". */
export const DURATION_ANNOTATION = "simulation.jibsa.dev/duration-seconds";
/**
 * How each run ends: "succeed" (the default), "fail" (CUDA out of memory, exit 1), "oom" (OOMKilled, exit 137), "flaky" (as
 * "fail", but only the first time), "pull-error" (its image cannot be had: it never starts).
 */
export const OUTCOME_ANNOTATION = "simulation.jibsa.dev/outcome";
/** How many pods of the same replica ran before this one. */
export const ATTEMPT_ANNOTATION = "simulation.jibsa.dev/attempt";
/** "<time> <exit code>": its run ends then, whatever it would do by itself. */
export const END_ANNOTATION = "simulation.jibsa.dev/end";
export const FOREVER = "forever";

const START_MS = 2_000;
/** A run that fails does so here. */
const FAIL_AT = 0.6;
const SHORTEST_MS = 1_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;

export interface Run {
  startedAtMs: number;
  endsAtMs: number;
  /** How long it would take to the end of its training. */
  durationMs: number;
  exitCode: number;
  reason: "Completed" | "Error" | "OOMKilled";
}

export interface PodLife {
  phase: "Pending" | "Running" | "Succeeded" | "Failed";
  waiting?: { reason: string; message?: string };
  /** Containers started again since the first time. */
  restarts: number;
  /** The run that goes on or was the last. */
  run?: Run;
  /** The one before it, if it was restarted. */
  previousRun?: Run;
}

/** Where a pod must be by now: from its spec, its annotations and the clock alone, so that it survives every restart. */
export function lifeOf(pod: KubernetesObject, nowMs: number, defaultDurationMs: number): PodLife | undefined {
  const placedAt = placedAtMs(pod);
  if (placedAt === undefined) return undefined;
  const { annotations = {} } = pod.metadata;
  const outcome = annotations[OUTCOME_ANNOTATION] ?? "succeed";
  const image = podSpecOf(pod).containers?.[0]?.image ?? "";
  const pulling = { phase: "Pending", waiting: { reason: "ContainerCreating" }, restarts: 0 } as const;
  if (nowMs < placedAt + START_MS) return pulling;
  if (outcome === "pull-error")
    return {
      ...pulling,
      waiting: { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` },
    };
  const policy = podSpecOf(pod).restartPolicy;
  const durationMs = durationOf(annotations[DURATION_ANNOTATION], defaultDurationMs, policy);
  const earlier = Number(annotations[ATTEMPT_ANNOTATION] ?? 0);
  let previousRun: Run | undefined;
  for (let restarts = 0, startedAtMs = placedAt + START_MS; ; restarts += 1) {
    const run = runOf(outcome, earlier + restarts, startedAtMs, durationMs);
    const end = endOf(annotations[END_ANNOTATION], run);
    if (end !== undefined) {
      const phase = end.exitCode === 0 ? "Succeeded" : "Failed";
      return { phase, restarts, run: end, ...(previousRun && { previousRun }) };
    }
    const common = { restarts, run, ...(previousRun && { previousRun }) };
    if (nowMs < run.endsAtMs) return { phase: "Running", ...common };
    const isRestarted = policy === "Always" || (policy === "OnFailure" && run.exitCode !== 0);
    if (!isRestarted) return { phase: run.exitCode === 0 ? "Succeeded" : "Failed", ...common };
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.min(FIRST_PAUSE_MS, durationMs / 6) * 2 ** restarts);
    startedAtMs = run.endsAtMs + pauseMs;
    if (nowMs < startedAtMs) return { phase: "Running", waiting: crashLoop(pauseMs, pod), ...common };
    previousRun = run;
  }
}

/** Ends a running pod now, from outside of it. */
export function endPod({ writer, nowMs }: ClusterControl, pod: KubernetesObject, exitCode: number): void {
  const type = typeOfKind("Pod");
  const annotations = {
    ...pod.metadata.annotations,
    [END_ANNOTATION]: `${new Date(nowMs()).toISOString()} ${exitCode}`,
  };
  writer.update(
    type,
    { ...pod, metadata: { ...pod.metadata, annotations } },
    { writer: componentWriter("kubelet", type) },
  );
}

function endOf(text: string | undefined, run: Run): Run | undefined {
  const [time = "", code] = text?.split(" ") ?? [];
  const endsAtMs = Date.parse(time);
  const exitCode = Number(code);
  if (Number.isNaN(endsAtMs) || !Number.isInteger(exitCode) || endsAtMs >= run.endsAtMs) return undefined;
  return {
    ...run,
    endsAtMs: Math.max(endsAtMs, run.startedAtMs),
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
  };
}

function durationOf(asked: string | undefined, defaultMs: number, restartPolicy: string | undefined): number {
  const seconds = Number(asked);
  if (asked === FOREVER) return Infinity;
  if (Number.isFinite(seconds) && seconds > 0) return Math.max(SHORTEST_MS, seconds * 1_000);
  // What is always restarted is a service, not a training.
  return restartPolicy === "Always" ? Infinity : defaultMs;
}

function runOf(outcome: string, attempt: number, startedAtMs: number, durationMs: number): Run {
  const fails = outcome === "fail" || outcome === "oom" || (outcome === "flaky" && attempt === 0);
  const common = { startedAtMs, durationMs };
  if (!fails) return { ...common, endsAtMs: startedAtMs + durationMs, exitCode: 0, reason: "Completed" };
  const endsAtMs = startedAtMs + durationMs * FAIL_AT;
  return outcome === "oom"
    ? { ...common, endsAtMs, exitCode: 137, reason: "OOMKilled" }
    : { ...common, endsAtMs, exitCode: 1, reason: "Error" };
}

function crashLoop(pauseMs: number, pod: KubernetesObject): { reason: string; message: string } {
  const container = podSpecOf(pod).containers?.[0]?.name ?? "";
  const seconds = Math.round(pauseMs / 1_000);
  return {
    reason: "CrashLoopBackOff",
    message: `back-off ${seconds}s restarting failed container=${container} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
  };
}
