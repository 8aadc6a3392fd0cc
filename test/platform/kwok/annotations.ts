/**
 * How pods on the fake nodes are steered: the playground's own annotations where it has them (see
 * src/playground/cluster/simulation/pod-life.ts). On a pod, or on its namespace for all pods that are made from then on.
 */

/** Seconds from start to end, or "forever". Default 1; what is no run (a service, a Ray head) runs for ever anyway. */
export const DURATION = "simulation.jibsa.dev/duration-seconds";
/** "succeed" (default), "fail" (exit 1), "oom" (OOMKilled, exit 137) or "pull-error" (it never starts). Pods that are restarted crash-loop instead of failing. */
export const OUTCOME = "simulation.jibsa.dev/outcome";
/** "held": its containers are not started before this annotation goes or says something else. */
export const START = "simulation.jibsa.dev/start";

/** On a namespace: its annotations are copied to its new pods. */
export const STEERED_LABEL = "simulation.jibsa.dev/steered";

export interface Steering {
  durationSeconds?: number | "forever";
  outcome?: "succeed" | "fail" | "oom" | "pull-error";
  start?: "held" | "now";
}

export function annotationsFor({ durationSeconds, outcome, start }: Steering): Record<string, string> {
  return {
    ...(durationSeconds !== undefined && { [DURATION]: String(durationSeconds) }),
    ...(outcome !== undefined && { [OUTCOME]: outcome }),
    ...(start !== undefined && { [START]: start }),
  };
}
