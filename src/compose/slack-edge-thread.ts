import { parentPort, workerData } from "node:worker_threads";
import { createLogger } from "../logger.ts";
import { openSlackEdge, type SlackEdgeSettings } from "./open-slack-edge.ts";

/** What the thread tells: whether Slack is connected, and how long an acknowledgement took. */
export type SlackEdgeNews = { kind: "state"; ready: boolean } | { kind: "ack"; tookMs: number };

const TELL_EVERY_MS = 250;

const tell = (news: SlackEdgeNews): void => parentPort?.postMessage(news);
const settings = workerData as SlackEdgeSettings;
const edge = await openSlackEdge(settings, createLogger(settings.logLevel), (tookMs) =>
  tell({ kind: "ack", tookMs }),
);
const tellState = () => tell({ kind: "state", ready: edge.isReady() });
tellState();
setInterval(tellState, TELL_EVERY_MS);

// Any message asks it to end.
parentPort?.once("message", () => void edge.close().finally(() => process.exit()));
