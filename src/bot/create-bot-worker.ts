import type { Logger } from "pino";
import type { Actions } from "../actions/create-actions.ts";
import type { Enqueue } from "../jobs/create-jobs.ts";
import type { JobHandlers } from "../jobs/start-worker.ts";
import { drawDelayMs } from "../jobs/draw-delay.ts";
import type { JobName } from "../jobs/registry.ts";
import type { AnswerEvent, Question } from "../rag/ports.ts";
import type { ModelServer } from "../rag/model-server.ts";
import type { SummaryEvent, ThreadRequest } from "../rag/summarise-thread.ts";
import type { Store } from "../store/database.ts";
import { deliverOutbox } from "./deliver-outbox.ts";
import { addLine, type OutboxLine } from "./outbox.ts";
import { drawRequest } from "./draw-request.ts";
import { followLogs } from "./follow-logs.ts";
import { followSync } from "./sources/follow-sync.ts";
import type { Bot } from "./bot-deps.ts";
import { handleInbound, parkInbound } from "./handle-inbound.ts";
import { reportGaps, type GapReportSetting } from "./answers/report-gaps.ts";
import { giveUpPull, pullModel } from "./models/pull-model.ts";
import { createReply } from "./reply.ts";
import { createBackgroundClient, createInteractiveClient, type SlackConnection } from "./slack-clients.ts";
import type { SlackPeople } from "./slack-people.ts";
import { tellMetrics } from "./tell-metrics.ts";

const NOT_DRAWN_MS = 1_000;

/** The worker's side of Slack: handlers for the jobs that speak. Throws when Slack refuses the token. */
export async function createBotWorker(deps: {
  connection: SlackConnection;
  store: Store;
  enqueue: Enqueue;
  actions: Actions;
  answer(question: Question): AsyncIterable<AnswerEvent>;
  summarise(thread: ThreadRequest): AsyncIterable<SummaryEvent>;
  sources: Bot["sources"];
  readers: Bot["readers"];
  /** Names of the models that may be asked for. */
  models(): readonly string[];
  usualModel(channel: string): string | undefined;
  /** Where the models are served. */
  modelServers: readonly ModelServer[];
  people: SlackPeople;
  teamId: string;
  botUserId: string;
  logger: Logger;
  now(): Date;
}) {
  const client = createInteractiveClient(deps.connection);
  const background = createBackgroundClient(deps.connection);
  const say = async (line: OutboxLine): Promise<void> => {
    await addLine(deps.store, line);
    // The sweeper rings for it otherwise.
    await deps
      .enqueue("deliver-outbox", { channel: line.channel }, { deduplicationKey: line.key })
      .catch((error: unknown) =>
        deps.logger.warn({ err: error, key: line.key }, "nobody was rung for a line"),
      );
  };
  const bot: Bot = {
    ...deps,
    client,
    say,
    replyAbout: (id, logger) => createReply({ client, logger, id, say }),
  };
  const handlers: Pick<
    JobHandlers,
    | "handle-inbound"
    | "deliver-outbox"
    | "draw-request"
    | "measure-run"
    | "follow-logs"
    | "follow-sync"
    | "pull-model"
  > = {
    "handle-inbound": ({ key }, { signal }) => handleInbound(bot, key, signal),
    async "deliver-outbox"({ channel }, { signal }) {
      const outcome = await deliverOutbox(
        { store: deps.store, client: background, now: deps.now, logger: deps.logger },
        channel,
        signal,
      );
      if (outcome === undefined || "againInMs" in outcome) return outcome;
      // One look for each channel when its sender's time is up: sooner than the sweeper's, should the sender have died.
      await deps.enqueue(
        "deliver-outbox",
        { channel },
        { deduplicationKey: `${channel}/held`, delayMs: outcome.heldForMs },
      );
      return undefined;
    },
    async "measure-run"({ runId }, { logger }) {
      const outcome = await deps.actions.measure(runId, tellMetrics);
      if (outcome.kind === "nothing-to-do") return undefined;
      if (outcome.kind === "not-drawn") return { againInMs: NOT_DRAWN_MS };
      for (const trouble of outcome.troubles) logger.info({ trouble }, "metrics could not be read");
      if (outcome.changed)
        await deps.enqueue(
          "draw-request",
          { requestId: outcome.requestId },
          { delayMs: await drawDelayMs(deps.store, outcome.requestId, deps.now()) },
        );
      await deps.enqueue(
        "deliver-outbox",
        { channel: outcome.channel },
        { deduplicationKey: `measured.${runId}` },
      );
      return undefined;
    },
    async "follow-logs"({ followId }) {
      const outcome = await followLogs(deps, followId);
      if (outcome === undefined) return undefined;
      const channel = "ended" in outcome ? outcome.ended : outcome.channel;
      await deps.enqueue(
        "deliver-outbox",
        { channel },
        { deduplicationKey: `follow.${followId}.${Date.now()}` },
      );
      return "ended" in outcome ? undefined : { againInMs: outcome.againInMs };
    },
    "follow-sync": ({ followId }) => followSync(deps, followId),
    "pull-model": ({ pullId }, { signal }) => pullModel(deps, pullId, signal),
    async "draw-request"({ requestId }) {
      const mention = (name: string) => deps.people.mention(name);
      const drawn = await drawRequest(deps.store, requestId, mention, deps.now());
      if (drawn === undefined) return undefined;
      const { channel, againInMs } = drawn;
      await deps.enqueue(
        "deliver-outbox",
        { channel },
        { deduplicationKey: `${channel}/${requestId}/${Date.now()}` },
      );
      return againInMs === undefined ? undefined : { againInMs };
    },
  };
  return {
    handlers,
    /** Due once a week; asked for as often as one likes. */
    reportGaps: (setting: GapReportSetting) => reportGaps(deps, setting),
    /** Jobs that were given up: the row says so, the person is told. */
    async onParked(name: JobName, payload: unknown, error: string): Promise<void> {
      if (name === "handle-inbound") await parkInbound(bot, (payload as { key: string }).key);
      if (name === "pull-model") await giveUpPull(deps, (payload as { pullId: string }).pullId, error);
      if (name !== "run-action") return;
      const { requestId } = payload as { requestId: string };
      await deps.actions.park(requestId, error);
      await deps.enqueue("draw-request", { requestId });
    },
  };
}
