import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Store } from "../../store/database.ts";
import type { RunningTransport } from "../create-slack-edge.ts";
import type { Receive } from "../inbound/receive.ts";
import { createSdkLogger } from "./sdk-logger.ts";

const WINDOW_S = 300;
const BODY_LIMIT = "1mb";
const BODY_TIMEOUT_MS = 10_000;

/** Refused before anything is read: dated outside of 5 minutes to either side. Bolt itself lets future ones pass. */
export function isTimely(timestamp: string | undefined, now: Date): boolean {
  const at = Number(timestamp);
  return timestamp !== undefined && Number.isInteger(at) && Math.abs(now.getTime() / 1_000 - at) <= WINDOW_S;
}

/** HTTP: Bolt's receiver checks the signature; the time window to both sides and the replay of a signature are ours. */
export async function startHttpReceiver(options: {
  signingSecret: string;
  host: string;
  port: number;
  receive: Receive;
  store: Store;
  logger: Logger;
  now?: () => Date;
}): Promise<RunningTransport> {
  const { HTTPReceiver } = await import("@slack/bolt");
  const now = options.now ?? (() => new Date());
  const receiver = new HTTPReceiver({
    signingSecret: options.signingSecret,
    bodyLimit: BODY_LIMIT,
    logger: createSdkLogger(options.logger),
    customPropertiesExtractor: (request) => ({
      timestamp: request.headers["x-slack-request-timestamp"],
      signature: request.headers["x-slack-signature"],
    }),
  });
  receiver.init({
    async processEvent(event: {
      body: unknown;
      customProperties?: { timestamp?: string; signature?: string };
      ack: (response?: unknown) => Promise<void>;
    }) {
      const { timestamp, signature } = event.customProperties ?? {};
      if (!isTimely(timestamp, now())) {
        options.logger.warn(
          { timestamp },
          "a request dated outside of 5 minutes was refused: is a clock wrong?",
        );
        throw new Error("refused: timestamp");
      }
      if (await isReplay(options.store, signature ?? "", now())) return event.ack();
      await options.receive(event.body, async (response) => event.ack(response));
    },
  } as never);
  const server = await receiver.start({ port: options.port, host: options.host });
  server.headersTimeout = BODY_TIMEOUT_MS;
  server.requestTimeout = BODY_TIMEOUT_MS;
  // A refusal before the whole body was read: what is left of it must not be taken for the connection's next request.
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    response.once("finish", () => {
      if (!request.complete) request.socket.destroySoon();
    });
  });
  return {
    isReady: () => server.listening,
    async close() {
      await receiver.stop();
    },
  };
}

/** Each signature is good once. Kept for twice the window. */
async function isReplay(store: Store, signature: string, now: Date): Promise<boolean> {
  const key = createHash("sha256").update(signature).digest("hex");
  await store
    .deleteFrom("signatures")
    .where("seen_at", "<", new Date(now.getTime() - 2 * WINDOW_S * 1_000))
    .execute();
  const result = await store
    .insertInto("signatures")
    .values({ key, seen_at: now })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows !== 1n;
}
