import type { ClusterClock } from "./cluster-clock.ts";
import { requestsOf, type KubeObject, type PodSpec, type PodStatus } from "./kube-object.ts";

export const DURATION_ANNOTATION = "simulation.jibsa.dev/duration-seconds";
export const OUTCOME_ANNOTATION = "simulation.jibsa.dev/outcome";
/** Pods that were there from the beginning go on until somebody deletes them. */
export const FOREVER = "forever";

const POD_START_MS = 2_000;
const STEPS = 200;
/** A run that is told to fail does so here. */
const FAIL_AT = 0.6;

export interface PodLife {
  phase: "Pending" | "Running" | "Succeeded" | "Failed";
  startedAtMs: number;
  endsAtMs: number;
  fails: boolean;
}

/** Where a pod that was placed at a time must be by now: from its annotations and the clock alone. */
export function lifeOf(
  pod: KubeObject,
  placedAtMs: number,
  nowMs: number,
  defaultDurationMs: number,
): PodLife {
  const { annotations = {} } = pod.metadata;
  const asked = annotations[DURATION_ANNOTATION];
  const seconds = Number(asked);
  const durationMs =
    asked === FOREVER
      ? Infinity
      : Number.isFinite(seconds) && seconds > 0
        ? seconds * 1_000
        : defaultDurationMs;
  const fails = annotations[OUTCOME_ANNOTATION] === "fail";
  const startedAtMs = placedAtMs + POD_START_MS;
  const endsAtMs = startedAtMs + durationMs * (fails ? FAIL_AT : 1);
  const phase =
    nowMs < startedAtMs ? "Pending" : nowMs < endsAtMs ? "Running" : fails ? "Failed" : "Succeeded";
  return { phase, startedAtMs, endsAtMs, fails };
}

/** What a Hugging Face trainer prints, as far as the pod has come. */
export function logLines(
  pod: KubeObject,
  placedAtMs: number,
  clock: ClusterClock,
  defaultDurationMs: number,
): { atMs: number; text: string }[] {
  const nowMs = clock.nowMs();
  const life = lifeOf(pod, placedAtMs, nowMs, defaultDurationMs);
  if (life.phase === "Pending") return [];
  const spec = pod["spec"] as PodSpec;
  const gpus = requestsOf(spec)["nvidia.com/gpu"] ?? 0;
  const durationMs = Number.isFinite(life.endsAtMs)
    ? (life.endsAtMs - life.startedAtMs) / (life.fails ? FAIL_AT : 1)
    : 3_600_000;
  const lines = [
    {
      atMs: life.startedAtMs,
      text: `[simulated] ${spec.containers?.[0]?.image ?? "image"} on ${spec.nodeName ?? "node"}, ${gpus} GPU(s)`,
    },
    { atMs: life.startedAtMs, text: "Loading checkpoint shards: 100%|██████████| 4/4" },
  ];
  const last = Math.min(
    STEPS,
    Math.floor(((Math.min(nowMs, life.endsAtMs) - life.startedAtMs) / durationMs) * STEPS),
  );
  for (let step = Math.max(1, last - 5_000); step <= last; step += 1) {
    const loss = (0.9 + 1.6 * Math.exp(-step / 60) + 0.03 * Math.sin(step * 1.7)).toFixed(4);
    const rate = (2e-5 * (1 - step / STEPS)).toExponential(2);
    lines.push({
      atMs: life.startedAtMs + (step / STEPS) * durationMs,
      text: `step ${step}/${STEPS} {'loss': ${loss}, 'learning_rate': ${rate}, 'epoch': ${((step / STEPS) * 3).toFixed(2)}}`,
    });
  }
  if (life.phase === "Failed") lines.push(...failure(life.endsAtMs));
  if (life.phase === "Succeeded")
    lines.push({ atMs: life.endsAtMs, text: "Training completed. Model saved to /output" });
  return lines;
}

function failure(atMs: number) {
  return [
    "Traceback (most recent call last):",
    '  File "/workspace/scripts/train.py", line 214, in <module>',
    "    trainer.train()",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.10 GiB of which 1.94 GiB is free.",
  ].map((text) => ({ atMs, text }));
}

/** When the scheduler placed it. */
export function placedAt(pod: KubeObject): number | undefined {
  const { conditions = [] } = (pod["status"] ?? {}) as PodStatus;
  const scheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "True");
  return scheduled?.lastTransitionTime === undefined ? undefined : Date.parse(scheduled.lastTransitionTime);
}
