import { APP_TOKEN, BOT_TOKEN, type SlackServer } from "./slack-server.ts";
import { startPeer, type Peer } from "./start-peer.ts";

/** The bare Bolt app on a Slack server; resolves when it is connected. With a Postgres, it stores before it acknowledges. */
export const startBoltApp = (slack: SlackServer, postgresUrl?: string): Promise<Peer> =>
  startPeer(new URL("bolt-app.ts", import.meta.url), [
    slack.apiUrl,
    BOT_TOKEN,
    APP_TOKEN,
    ...(postgresUrl === undefined ? [] : [postgresUrl]),
  ]);
