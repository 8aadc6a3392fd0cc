import { DelayedError, type Job } from "bullmq";
import type { Logger } from "pino";
import { crashLockMs, crashPoint } from "../store/crash-point.ts";
import type { Store } from "../store/database.ts";
import { countStart, forgetStarts, recordParked } from "./job-starts.ts";
import type { openQueues } from "./open-queues.ts";
import { isJobName, jobs, type JobName, type JobPayload } from "./registry.ts";

export interface JobContext {
  /** Aborted when the time is up or the process must end. */
  signal: AbortSignal;
  logger: Logger;
}

/** What a handler may answer: done, or "call me again": an outage, or more to see later. Neither is a failed attempt. */
export type JobOutcome = void | { againInMs: number };

export type JobHandlers = {
  [Name in JobName]: (payload: JobPayload<Name>, context: JobContext) => Promise<JobOutcome>;
};

export interface WorkerHandle {
  /** Takes nothing new, gives running jobs 20 s, then hands the rest back. */
  close(): Promise<void>;
}

/** A killed worker's jobs are free after the lock, and found at the next check: at most 13 s. */
const LOCK_DURATION_MS = 8_000;
const STALLED_INTERVAL_MS = 5_000;
const GRACE_MS = 20_000;
const CONCURRENCY = { interactive: 16, changes: 8, looks: 8, background: 8 } as const;

export function startWorker(options: {
  queues: ReturnType<typeof openQueues>;
  store: Store;
  logger: Logger;
  handlers: JobHandlers;
  /** The job was given up after its last attempt: the row has to say so and the person has to be told. */
  onParked: (name: JobName, payload: unknown, error: string) => Promise<void>;
}): WorkerHandle {
  const { store, logger, handlers } = options;
  const ending = new AbortController();

  async function process(job: Job, token?: string): Promise<void> {
    if (!isJobName(job.name)) {
      logger.error({ job: job.name }, "a job of an unknown name was dropped: is an older version running?");
      return;
    }
    const definition = jobs[job.name];
    const jobKey = `${job.name}/${job.id ?? ""}`;
    const starts = await countStart(store, jobKey);
    crashPoint("CP4");
    const again = async (delayMs: number): Promise<never> => {
      await forgetStarts(store, jobKey);
      await job.moveToDelayed(Date.now() + delayMs, token);
      throw new DelayedError();
    };
    const park = async (error: string): Promise<void> => {
      logger.error(
        { job: job.name, payload: job.data as unknown, error },
        "job parked after its last attempt",
      );
      await options.onParked(definition.name, job.data, error);
      await recordParked(store, jobKey, error);
    };
    if (starts > definition.attempts) return park("its worker died each time");

    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(definition.timeoutMs)]);
    let outcome: JobOutcome;
    try {
      const payload = definition.schema.parse(job.data);
      const handler = handlers[definition.name] as (
        payload: unknown,
        context: JobContext,
      ) => Promise<JobOutcome>;
      outcome = await untilAborted(
        handler(payload, { signal, logger: logger.child({ job: job.name, ...payload }) }),
        signal,
      );
    } catch (error) {
      if (ending.signal.aborted) return again(0);
      logger.warn({ job: job.name, payload: job.data as unknown, starts, err: error }, "job attempt failed");
      if (starts >= definition.attempts) return park(error instanceof Error ? error.message : String(error));
      throw error;
    }
    if (outcome !== undefined) return again(outcome.againInMs);
    await forgetStarts(store, jobKey);
  }

  const workers = (["interactive", "changes", "looks", "background"] as const).map((name) => {
    const worker = options.queues.worker(name, process, {
      concurrency: CONCURRENCY[name],
      lockDuration: crashLockMs() ?? LOCK_DURATION_MS,
      stalledInterval: crashLockMs() ?? STALLED_INTERVAL_MS,
      // Recovery has no limit of the queue's own: `job_starts` counts.
      maxStalledCount: 1_000_000,
      drainDelay: 5,
    });
    worker.on("error", (error) => logger.warn({ err: error, queue: name }, "the queue is disturbed"));
    return worker;
  });

  return {
    async close() {
      const timer = setTimeout(() => ending.abort(new Error("shutting down")), GRACE_MS);
      try {
        await Promise.all(workers.map((worker) => worker.close()));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** A handler that does not listen to its signal must not hold the attempt open. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
