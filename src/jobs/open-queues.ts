import {
  createPostgresBackend,
  Queue,
  Worker,
  type Processor,
  type QueueOptions,
  type WorkerOptions,
} from "bullmq";
import { SteadyClient } from "../store/steady-client.ts";
import type { JobDefinition } from "./define-job.ts";

export type QueueBackend =
  | { kind: "postgres"; connectionString: string }
  /** A `redis://` or `rediss://` address. */
  | { kind: "redis"; url: string };

type QueueName = JobDefinition["queue"];

/** BullMQ over either backend. The only file that knows which one it is. */
export function openQueues(backend: QueueBackend, prefix: string) {
  const opened: { close(): Promise<void> }[] = [];
  return {
    queue(name: QueueName, onError: (error: Error) => void): Queue {
      const queue =
        backend.kind === "postgres"
          ? new Queue(
              `${prefix}-${name}`,
              { connection: postgresConnection(backend, 2) },
              createPostgresBackend,
            )
          : new Queue(`${prefix}-${name}`, { connection: redisConnection(backend, "producer") });
      queue.on("error", onError);
      opened.push(queue);
      return queue as Queue;
    },
    worker(
      name: QueueName,
      process: Processor<unknown, void>,
      options: Omit<WorkerOptions, "connection">,
    ): Pick<Worker, "close"> & { on(event: "error", listener: (error: Error) => void): unknown } {
      const queueName = `${prefix}-${name}`;
      if (backend.kind === "redis") {
        return new Worker<unknown, void>(queueName, process, {
          ...options,
          connection: redisConnection(backend, "worker"),
        });
      }
      // Two replicas have to fit into the 100 connections that a server has by itself.
      const connection = postgresConnection(backend, (options.concurrency ?? 1) > 8 ? 5 : 3);
      return new Worker(queueName, process, { ...options, connection }, createPostgresBackend);
    },
    async close(): Promise<void> {
      await Promise.all(opened.map((queue) => queue.close()));
    },
  };
}

function postgresConnection(backend: { connectionString: string }, max: number) {
  return {
    connectionString: backend.connectionString,
    migrate: true,
    Client: SteadyClient,
    max,
    // A queue that could not connect once does not try again, so a busy server is given its time.
    connectionTimeoutMillis: 15_000,
    application_name: "jibsa-queue",
  };
}

/** A producer says at once that Redis is away; a worker waits for it. */
function redisConnection(backend: { url: string }, role: "producer" | "worker"): QueueOptions["connection"] {
  return {
    url: backend.url,
    maxRetriesPerRequest: role === "worker" ? null : 1,
    enableOfflineQueue: role === "worker",
    connectTimeout: 5_000,
  };
}
