import type { Logger } from "pino";
import type { Jobs } from "../jobs/create-jobs.ts";
import type { Store } from "../store/database.ts";
import { startDatabaseClock } from "../store/database-clock.ts";

const SWEEP_EVERY_MS = 5_000;
const EXPIRE_EVERY_MS = 15_000;
const PRUNE_EVERY_MS = 3_600_000;

/** What is done every so often, by whichever worker takes it. */
export async function scheduleHousework(jobs: Jobs): Promise<void> {
  await jobs.schedule("sweep", {}, SWEEP_EVERY_MS);
  await jobs.schedule("expire-approvals", {}, EXPIRE_EVERY_MS);
  await jobs.schedule("prune", {}, PRUNE_EVERY_MS);
}

/**
 * The time that rows are written and judged by. The queue has only this machine's wall clock: when that jumps, what waits in
 * the queue would wait as much longer, so it is started at once; a job that comes early does no harm.
 */
export async function keepTime(deps: {
  store: Store;
  jobs: Jobs;
  logger: Logger;
  onClose: (closer: () => Promise<void>) => void;
}): Promise<() => Date> {
  const { store, jobs, logger } = deps;
  const clock = await startDatabaseClock({
    store,
    onJump(byMs) {
      logger.error({ byMs }, "this machine's clock has jumped: what waits in the queue is started now");
      void jobs
        .startWaiting()
        .then(() => scheduleHousework(jobs))
        .catch((error: unknown) => logger.error({ err: error }, "the queue keeps the time before the jump"));
    },
    onError: (error) => logger.warn({ err: error }, "the database did not tell the time"),
  });
  deps.onClose(async () => clock.close());
  return clock.now;
}
