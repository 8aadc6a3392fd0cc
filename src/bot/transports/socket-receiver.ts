import { SocketModeClient } from "@slack/socket-mode";
import type { Logger } from "pino";
import type { RunningTransport } from "../create-slack-edge.ts";
import type { Receive } from "../inbound/receive.ts";
import { createSdkLogger } from "./sdk-logger.ts";

interface SlackEvent {
  ack: (response?: Record<string, unknown>) => Promise<void>;
  body: unknown;
}

const CLOSE_GRACE_MS = 5_000;

/** Socket Mode: the connection goes out from here, the app token is the trust. */
export async function startSocketReceiver(options: {
  appToken: string;
  apiUrl: string | undefined;
  receive: Receive;
  logger: Logger;
}): Promise<RunningTransport> {
  const { receive, logger } = options;
  const client = new SocketModeClient({
    appToken: options.appToken,
    ...(options.apiUrl !== undefined && { clientOptions: { slackApiUrl: options.apiUrl } }),
    logger: createSdkLogger(logger),
  });
  let connected = false;
  const inHand = new Set<Promise<void>>();
  client.on("connected", () => {
    connected = true;
  });
  for (const event of ["disconnected", "reconnecting", "disconnecting"]) {
    client.on(event, () => {
      connected = false;
    });
  }
  client.on("slack_event", ({ ack, body }: SlackEvent) => {
    const work = receive(body, async (response) => ack(response as Record<string, unknown> | undefined))
      .catch((error: unknown) => logger.error({ err: error }, "a delivery could not be taken"))
      .finally(() => inHand.delete(work));
    inHand.add(work);
  });
  await client.start();
  return {
    isReady: () => connected,
    async close() {
      await client.disconnect();
      await Promise.race([
        Promise.all(inHand),
        new Promise((done) => setTimeout(done, CLOSE_GRACE_MS).unref()),
      ]);
    },
  };
}
