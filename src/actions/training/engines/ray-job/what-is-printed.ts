import type { RunObservation } from "../../engine-ports.ts";
import { readProgress } from "../read-progress.ts";
import { isTrialLine, progressOfTrials, readTrialLines } from "./read-trial-lines.ts";

const PROGRESS_LINES = 20;
/** A sweep says a few lines for each of its trials. */
const SWEEP_LINES = 5_000;
const LOOK_FOR_TRIALS_IN = 200;

/** With the progress or the trials that a job has printed. `readLast`: that many of its last lines. */
export async function withWhatIsPrinted(
  observation: RunObservation,
  readLast: (lines: number) => Promise<readonly string[]>,
): Promise<RunObservation> {
  const last = await readLast(LOOK_FOR_TRIALS_IN);
  const trials = last.some(isTrialLine) ? readTrialLines(await readLast(SWEEP_LINES)) : undefined;
  if (trials !== undefined)
    return {
      ...observation,
      progress: observation.progress ?? progressOfTrials(trials),
      detail: { ...observation.detail, trials },
    };
  const progress = observation.progress ?? readProgress(last.slice(-PROGRESS_LINES));
  return { ...observation, ...(progress !== undefined && { progress }) };
}
