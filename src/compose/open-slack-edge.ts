import type { Logger } from "pino";
import type { Policy } from "../actions/policy.ts";
import type { Stage } from "../actions/ports.ts";
import { startSlackEdge, type SlackTransport } from "../bot/create-slack-edge.ts";
import type { SlackConnection } from "../bot/slack-clients.ts";
import { createJobs } from "../jobs/create-jobs.ts";
import type { QueueBackend } from "../jobs/open-queues.ts";
import { openInbox } from "../store/open-inbox.ts";
import { openStore } from "../store/open-store.ts";

/** Everything that the Slack role needs, as plain data: it may run on a thread of its own. */
export interface SlackEdgeSettings {
  postgresUrl: string;
  /** What is acknowledged and not yet a row; this process alone writes there. */
  journalFile: string;
  queue: QueueBackend;
  connection: SlackConnection;
  transport: SlackTransport;
  stages: readonly Stage[];
  policy: Policy;
  logLevel: string;
}

export interface SlackEdge {
  isReady(): boolean;
  close(): Promise<void>;
}

/** The Slack role with connections of its own. */
export async function openSlackEdge(
  settings: SlackEdgeSettings,
  logger: Logger,
  onAck?: (tookMs: number) => void,
): Promise<SlackEdge> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  const onIdleError = (error: Error) =>
    logger.warn({ err: error }, "the database failed a Slack delivery, or a connection to it broke");
  const connectionString = settings.postgresUrl;
  try {
    const database = await openStore({ connectionString, onIdleError, maxConnections: 4 });
    closers.push(() => database.close());
    const inbox = openInbox({ connectionString, journalFile: settings.journalFile, onProblem: onIdleError });
    closers.push(() => inbox.close());
    const jobs = createJobs({ backend: settings.queue, store: database.store, logger });
    closers.push(() => jobs.close());
    const edge = await startSlackEdge({
      connection: settings.connection,
      transport: settings.transport,
      store: database.store,
      inbox,
      enqueue: jobs.enqueue,
      stages: settings.stages,
      policy: settings.policy,
      logger,
      ...(onAck !== undefined && { onAck }),
    });
    closers.push(() => edge.close());
    void inbox
      .recover((key) => jobs.enqueue("handle-inbound", { key }))
      .catch((error: unknown) => logger.error({ err: error }, "deliveries of an earlier process wait"));
    return { isReady: () => edge.isReady(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
