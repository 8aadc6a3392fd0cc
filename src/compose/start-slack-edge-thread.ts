import { Worker } from "node:worker_threads";
import type { Logger } from "pino";
import { keepRunning, type ServerProcess } from "../store/keep-running.ts";
import type { SlackEdge, SlackEdgeSettings } from "./open-slack-edge.ts";
import type { SlackEdgeNews } from "./slack-edge-thread.ts";

const THREAD = new URL("./slack-edge-thread.ts", import.meta.url);
const STOP_TIMEOUT_MS = 8_000;

/**
 * The Slack role on a thread of its own, for a process that also works: nothing that the worker computes stands before an
 * acknowledgement. Throws when it does not start; when it ends later it is started again.
 */
export async function startSlackEdgeThread(
  settings: SlackEdgeSettings,
  logger: Logger,
  onAck: (tookMs: number) => void,
): Promise<SlackEdge> {
  let ready = false;
  const start = async (): Promise<ServerProcess> => {
    const thread = new Worker(THREAD, { workerData: settings });
    const exited = new Promise<void>((done) =>
      thread.once("exit", () => {
        ready = false;
        done();
      }),
    );
    await new Promise<void>((done, failed) => {
      thread.on("message", (news: SlackEdgeNews) => {
        if (news.kind === "ack") return onAck(news.tookMs);
        ready = news.ready;
        return done();
      });
      // Without this, a thread that ends before its first word would be waited for for ever.
      thread.once("exit", (code) => failed(new Error(`it ended with code ${code}`)));
      thread.on("error", (error) => {
        logger.error({ err: error }, "the Slack role failed");
        failed(error);
      });
    });
    return {
      exited,
      async stop() {
        thread.postMessage("close");
        const timer = setTimeout(() => void thread.terminate(), STOP_TIMEOUT_MS);
        await exited;
        clearTimeout(timer);
      },
    };
  };
  const kept = await keepRunning(start, (restartInMs, error) =>
    logger.error({ restartInMs, err: error }, "the Slack role ended and is started again"),
  );
  return { isReady: () => ready, close: () => kept.stop() };
}
