import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { AppDelivery } from "./app-delivery.ts";
import { createChangeFeed } from "./change-feed.ts";
import { EventSender } from "./event-sender.ts";
import { createFaults } from "./faults.ts";
import { FileStore } from "./file-store.ts";
import { HttpDelivery } from "./http-delivery.ts";
import { MessageStore } from "./message-store.ts";
import { MessageValues } from "./message-values.ts";
import { openPersistence } from "./persistence.ts";
import { systemClock, type PlaygroundClock } from "./playground-clock.ts";
import type { DeclaredCommand, DeclaredShortcut, PlaygroundParts } from "./playground-parts.ts";
import { openSecrets } from "./playground-secrets.ts";
import { createPlaygroundServer, type PlaygroundAssets } from "./playground-server.ts";
import { appMessage, publishMessage } from "./publish-message.ts";
import { createRateLimits, unlimitedRates } from "./rate-limits.ts";
import { MessageRenderer } from "./render-message.ts";
import { ResponseUrls } from "./response-urls.ts";
import { ScheduledMessages } from "./scheduled-messages.ts";
import { SocketMode } from "./socket-mode.ts";
import { watchStream } from "./stream-expiry.ts";
import { ThreadSessions } from "./thread-sessions.ts";
import { createTraffic } from "./traffic.ts";
import { TriggerIds } from "./trigger-ids.ts";
import { ViewStore } from "./view-store.ts";
import { Workspace } from "./workspace.ts";

export type { DeclaredCommand, DeclaredShortcut, PlaygroundAssets, PlaygroundClock };

export interface SlackPlaygroundOptions {
  /** 0: any free one. Always on 127.0.0.1. */
  readonly port: number;
  /** Keeps tokens, messages, views and files; without it they live as long as the process. */
  readonly dataDir?: string;
  readonly clock?: PlaygroundClock;
  /** Request URL of an app that takes signed HTTP; without it payloads go by Socket Mode. */
  readonly appHttpUrl?: string;
  /** The built page; without it `/` is a line of text. */
  readonly assets?: PlaygroundAssets;
  readonly logger?: Logger;
  /** The app's slash commands. When given, others are refused as Slack refuses them. */
  readonly commands?: readonly DeclaredCommand[];
  readonly shortcuts?: readonly DeclaredShortcut[];
  /** False: never answer 429 by itself. Default true. */
  readonly rateLimits?: boolean;
  /** Waits before the repetitions of an unacknowledged event, milliseconds. Default 0, 60000, 300000. */
  readonly eventRetryDelaysMs?: readonly number[];
  /** After how long a socket is told to reconnect, milliseconds. Default 4 hours. */
  readonly socketRefreshMs?: number;
}

export interface SlackPlayground {
  /** "http://127.0.0.1:port" */
  readonly url: string;
  /** Base of the Web API, for `slackApiUrl`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** Ends all connections; what was acknowledged is on disk. */
  close(): Promise<void>;
}

const defaultCommands: readonly DeclaredCommand[] = [
  { command: "/ask", description: "Ask the documents", usageHint: "[question]" },
  {
    command: "/train",
    description: "Start and follow training runs",
    usageHint: "start | list | status | logs | cancel",
  },
  { command: "/cluster", description: "Nodes and GPUs", usageHint: "status" },
  { command: "/docs", description: "Where answers come from", usageHint: "sources | sync" },
  { command: "/jibsa", description: "Language models", usageHint: "models | models pull" },
];

/** Starts a Slack-compatible workspace. Rejects when the port is taken. */
export async function startSlackPlayground(options: SlackPlaygroundOptions): Promise<SlackPlayground> {
  let port = options.port;
  const parts = createParts(options, () => `http://127.0.0.1:${port}`);
  const server = createPlaygroundServer(parts, () => port, options.assets);
  server.listen(options.port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    parts.delivery.close();
    parts.closePersistence();
    throw error;
  }
  port = (server.address() as AddressInfo).port;
  parts.scheduled.start((due) => {
    if (parts.workspace.channel(due.channel))
      publishMessage(parts, { ...appMessage(parts, due.channel), ...due.content });
  });
  for (const message of parts.messages.streaming()) watchStream(parts, message);
  const url = parts.baseUrl();
  return {
    url,
    apiUrl: `${url}/api/`,
    botToken: parts.secrets.botToken,
    appToken: parts.secrets.appToken,
    signingSecret: parts.secrets.signingSecret,
    close: async () => {
      parts.scheduled.close();
      parts.delivery.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      parts.closePersistence();
    },
  };
}

function createParts(
  options: SlackPlaygroundOptions,
  baseUrl: () => string,
): PlaygroundParts & { closePersistence(): void } {
  const { clock = systemClock, dataDir } = options;
  const secrets = openSecrets(dataDir);
  const persistence = openPersistence(dataDir);
  const changes = createChangeFeed();
  const faults = createFaults();
  const workspace = new Workspace(persistence);
  const messages = new MessageStore(persistence, clock);
  const files = new FileStore(persistence, baseUrl, dataDir);
  const renderer = new MessageRenderer(messages, files);
  const traffic = createTraffic(
    [secrets.botToken, secrets.appToken, secrets.signingSecret, secrets.verificationToken],
    (entry) => changes.publish({ type: "traffic", data: { ...entry } }),
  );
  const socketMode =
    options.appHttpUrl === undefined
      ? new SocketMode({
          clock,
          onSocketEvent: (name, detail) => {
            traffic.record({
              at: clock.now(),
              direction: "to-app",
              kind: "socket",
              name,
              request: detail,
              response: null,
              outcome: "ok",
              durationMs: 0,
            });
            if (name !== "disconnect")
              changes.publish({ type: "connection", data: { connections: detail["num_connections"] } });
          },
          ...(options.socketRefreshMs === undefined ? {} : { refreshAfterMs: options.socketRefreshMs }),
        })
      : undefined;
  const link =
    socketMode ??
    new HttpDelivery({ url: options.appHttpUrl ?? "", signingSecret: secrets.signingSecret, clock });
  const retryDelays =
    options.eventRetryDelaysMs === undefined ? {} : { retryDelaysMs: options.eventRetryDelaysMs };
  const delivery = new AppDelivery({ link, faults, traffic, clock, persistence, ...retryDelays });
  return {
    workspace,
    messages,
    files,
    renderer,
    delivery,
    socketMode,
    changes,
    faults,
    traffic,
    clock,
    secrets,
    baseUrl,
    views: new ViewStore(persistence),
    messageValues: new MessageValues(),
    sessions: new ThreadSessions(persistence),
    scheduled: new ScheduledMessages(persistence, clock),
    responseUrls: new ResponseUrls(persistence, clock, baseUrl),
    triggers: new TriggerIds(clock),
    events: new EventSender({
      delivery,
      workspace,
      messages,
      renderer,
      clock,
      verificationToken: secrets.verificationToken,
    }),
    rateLimits: options.rateLimits === false ? unlimitedRates : createRateLimits(clock),
    commands: options.commands ?? defaultCommands,
    strictCommands: options.commands !== undefined,
    shortcuts: options.shortcuts ?? [],
    logger: options.logger,
    closePersistence: () => persistence.close(),
  };
}
