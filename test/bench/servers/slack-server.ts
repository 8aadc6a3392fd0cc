import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { createSlackApi, type SlackCall } from "./slack-api.ts";

export interface SlackServer {
  /** For `slackApiUrl`. */
  apiUrl: string;
  url: string;
  /** Sends an envelope to the app that connected last. Resolves with the milliseconds to its acknowledgement. */
  send(type: "slash_commands" | "events_api", payload: object): Promise<number>;
  /** Told of each call of the Web API until the returned function is called. */
  onCall(listener: (call: SlackCall) => void): () => void;
  close(): Promise<void>;
}

const ACK_TIMEOUT_MS = 10_000;
export const BOT_TOKEN = "xoxb-bench-bench";
export const APP_TOKEN = "xapp-bench-bench";
/** Conversations that the measured runs are told in. */
export const CHANNELS = 40;

/** The least of Slack that an app needs, without limits or stores that would be measured too. The clock is its own. */
export async function startSlackServer(): Promise<SlackServer> {
  const waiting = new Map<string, () => void>();
  const listeners = new Set<(call: SlackCall) => void>();
  let connected: WebSocket | undefined;

  const server: Server = createServer(
    createSlackApi(
      () => url,
      (call) => {
        for (const listener of listeners) listener(call);
      },
    ),
  );
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    connected = socket;
    socket.on("error", () => socket.terminate());
    socket.on("message", (data) => {
      if (!Buffer.isBuffer(data)) return;
      const { envelope_id: id } = JSON.parse(data.toString("utf8")) as { envelope_id?: string };
      if (id !== undefined) waiting.get(id)?.();
    });
    socket.send(
      JSON.stringify({ type: "hello", num_connections: 1, connection_info: { app_id: "A0BENCH" } }),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url: string = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    apiUrl: `${url}/api/`,
    send(type, payload) {
      const socket = connected;
      if (socket?.readyState !== WebSocket.OPEN) throw new Error("no app is connected");
      const id = randomUUID();
      const accepts = type !== "events_api";
      const text = JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: accepts });
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new Error(`an envelope was not acknowledged within ${ACK_TIMEOUT_MS} ms`));
        }, ACK_TIMEOUT_MS);
        const sentAtMs = performance.now();
        waiting.set(id, () => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(performance.now() - sentAtMs);
        });
        socket.send(text);
      });
    },
    onCall(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
