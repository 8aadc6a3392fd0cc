import { APP_TOKEN, BOT_TOKEN } from "./slack-server.ts";
import { startPeer, type Peer } from "./start-peer.ts";

/** The bare Bolt app on a Slack server's Web API; resolves when it is connected. With a Postgres, it stores before it acknowledges. */
export const startBoltApp = (apiUrl: string, postgresUrl?: string): Promise<Peer> =>
  startPeer(new URL("bolt-app.ts", import.meta.url), [
    apiUrl,
    BOT_TOKEN,
    APP_TOKEN,
    ...(postgresUrl === undefined ? [] : [postgresUrl]),
  ]);
