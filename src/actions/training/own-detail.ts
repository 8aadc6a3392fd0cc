import type { Stage } from "../ports.ts";
import type { RunDetail, RunObservation, TrainingEngine } from "./engine-ports.ts";
import type { RunRow } from "./find-run.ts";

/** What we know besides the platform: which stage a sweep tunes, and what can be done to the run. */
export function withOwnDetail(
  observation: RunObservation,
  run: Pick<RunRow, "stage" | "cluster">,
  engine: Pick<TrainingEngine, "suspend" | "retry" | "retriesOn">,
  stages: readonly Stage[],
): RunObservation {
  const { trials } = observation.detail ?? {};
  const tunes = stages.find(({ name }) => name === run.stage)?.tunes;
  const continues = engine.retry !== undefined && engine.retriesOn?.(run.cluster) !== false;
  const own: RunDetail = {
    ...(engine.suspend !== undefined && { suspendable: true }),
    ...(observation.state === "failed" && { continues }),
    ...(trials !== undefined && tunes !== undefined && { trials: { ...trials, tunes } }),
  };
  return Object.keys(own).length === 0
    ? observation
    : { ...observation, detail: { ...observation.detail, ...own } };
}
