import type { Logger } from "pino";
import type { Policy } from "../actions/policy.ts";
import type { Stage } from "../actions/ports.ts";
import type { Enqueue } from "../jobs/create-jobs.ts";
import { noteChangedThread } from "../rag/indexed-channels.ts";
import type { Store } from "../store/database.ts";
import type { Inbox } from "../store/open-inbox.ts";
import { createForms } from "./inbound/open-forms.ts";
import { openObject } from "./inbound/open-object.ts";
import { createReceive, type Receive } from "./inbound/receive.ts";
import { createInteractiveClient, type SlackConnection } from "./slack-clients.ts";
import { createSlackPeople, stageApprovers } from "./slack-people.ts";
import { startHttpReceiver } from "./transports/http-receiver.ts";
import { startSocketReceiver } from "./transports/socket-receiver.ts";

export type SlackTransport =
  | { kind: "socket"; appToken: string }
  /** Request URL of the app: http://<host>:<port>/slack/events */
  | { kind: "http"; signingSecret: string; host: string; port: number };

export interface RunningTransport {
  isReady(): boolean;
  close(): Promise<void>;
}

/**
 * The Slack role: light, and all of it is on the way to the ack. Connects, keeps what comes in, rings the worker's bell.
 * Throws when Slack refuses the tokens.
 */
export async function startSlackEdge(deps: {
  connection: SlackConnection;
  transport: SlackTransport;
  store: Store;
  inbox: Inbox;
  enqueue: Enqueue;
  stages: readonly Stage[];
  policy: Policy;
  logger: Logger;
  onAck?: (tookMs: number) => void;
}): Promise<RunningTransport & { botUserId: string; teamId: string }> {
  const { logger, transport } = deps;
  const client = createInteractiveClient(deps.connection);
  const self = await client.auth.test();
  const botUserId = self.user_id ?? "";
  const { store, policy, stages } = deps;
  const teamId = self.team_id ?? "";
  const people = createSlackPeople({
    client,
    policy,
    stageApprovers: stageApprovers(stages),
    logger,
    teamId,
    now: () => new Date(),
  });
  const forms = createForms({ client, store, stages, people, policy });
  const receive: Receive = createReceive({
    inbox: deps.inbox,
    enqueue: deps.enqueue,
    forms,
    openObject: (options) => openObject({ client, store, people, policy }, options),
    async hasAnswered(channel, threadTs) {
      const answer = store.selectFrom("messages").select("ts").where("purpose", "=", "answer");
      const here = answer.where("channel", "=", channel).where("thread_ts", "=", threadTs);
      return (await here.limit(1).executeTakeFirst()) !== undefined;
    },
    noteChange: (change) => noteChangedThread(store, change),
    logger,
    botUserId: () => botUserId,
    ...(deps.onAck !== undefined && { onAck: deps.onAck }),
  });
  const running =
    transport.kind === "socket"
      ? await startSocketReceiver({
          appToken: transport.appToken,
          apiUrl: deps.connection.apiUrl,
          receive,
          logger,
        })
      : await startHttpReceiver({ ...transport, receive, store: deps.store, logger });
  return { ...running, botUserId, teamId };
}
