import { createHash } from "node:crypto";
import type { Queue } from "bullmq";
import type { Logger } from "pino";
import { canonicalJson } from "../store/audit.ts";
import type { Store } from "../store/database.ts";
import { openQueues, type QueueBackend } from "./open-queues.ts";
import { jobs, type JobName, type JobPayload } from "./registry.ts";
import { startWorker, type JobHandlers, type WorkerHandle } from "./start-worker.ts";

export interface EnqueueOptions {
  /** Default 0. */
  delayMs?: number;
  /** While a job of this key waits or runs, another is not added. Default: one for each payload. */
  deduplicationKey?: string;
  /** If that job is waiting for its delay, let it start now. */
  promote?: boolean;
}

/** Rings the bell: the row must be committed before. Throws when the queue cannot be reached. */
export type Enqueue = <Name extends JobName>(
  name: Name,
  payload: JobPayload<Name>,
  options?: EnqueueOptions,
) => Promise<void>;

export interface Jobs {
  enqueue: Enqueue;
  /** One job each `everyMs`, however many replicas ask for it. */
  schedule<Name extends JobName>(name: Name, payload: JobPayload<Name>, everyMs: number): Promise<void>;
  /** Every job that waits for its delay starts now: the clock that its delay was counted by was wrong. */
  startWaiting(): Promise<void>;
  startWorker(
    handlers: JobHandlers,
    options: { onParked: (name: JobName, payload: unknown, error: string) => Promise<void> },
  ): WorkerHandle;
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

/** The door of the queue. */
export function createJobs(options: {
  backend: QueueBackend;
  store: Store;
  logger: Logger;
  /** Default "jibsa": queues of another prefix are another application's. */
  prefix?: string;
}): Jobs {
  const { store, logger } = options;
  const queues = openQueues(options.backend, options.prefix ?? "jibsa");
  const opened = new Map<string, Queue>();
  const queueOf = (name: JobName): Queue => {
    const queueName = jobs[name].queue;
    const known = opened.get(queueName);
    if (known !== undefined) return known;
    const queue = queues.queue(queueName, (error) =>
      logger.warn({ err: error, queue: queueName }, "the queue is disturbed"),
    );
    opened.set(queueName, queue);
    return queue;
  };
  const settings = (name: JobName) => ({
    attempts: jobs[name].attempts,
    backoff: { type: "exponential" as const, delay: jobs[name].backoffMs },
    // An id is free again as soon as its job has ended; what was done is remembered by our rows.
    removeOnComplete: true,
    removeOnFail: true,
  });

  return {
    async enqueue(name, payload, enqueueOptions = {}) {
      const queue = queueOf(name);
      const jobId = jobIdOf(name, payload, enqueueOptions.deduplicationKey);
      const job = await queue.add(name, payload, {
        ...settings(name),
        jobId,
        ...(enqueueOptions.delayMs !== undefined && { delay: enqueueOptions.delayMs }),
      });
      if (enqueueOptions.promote === true && (await job.isDelayed())) {
        // It may start by itself in between.
        await job
          .promote()
          .catch((error: unknown) => logger.debug({ err: error, jobId }, "nothing to promote"));
      }
    },
    async schedule(name, payload, everyMs) {
      await queueOf(name).upsertJobScheduler(
        name,
        { every: everyMs },
        { name, data: payload, opts: settings(name) },
      );
    },
    async startWaiting() {
      // One job stands for its queue.
      for (const name of ["handle-inbound", "notice-change", "observe-run", "sweep"] as const)
        await queueOf(name).promoteJobs();
    },
    startWorker: (handlers, { onParked }) => startWorker({ queues, store, logger, handlers, onParked }),
    async isReady() {
      try {
        await queueOf("sweep").getJobCountByTypes("waiting");
        return true;
      } catch (error) {
        logger.warn({ err: error }, "the queue does not answer");
        return false;
      }
    },
    close: () => queues.close(),
  };
}

/** BullMQ takes no ":" in an id, and no id of digits only. */
function jobIdOf(name: JobName, payload: unknown, key = canonicalJson(payload)): string {
  return `${name}.${createHash("sha256").update(key).digest("hex").slice(0, 24)}`;
}
