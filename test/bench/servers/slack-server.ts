import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

export interface SlackCall {
  method: string;
  fields: URLSearchParams;
  atMs: number;
}

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
export const TEAM = "T0BENCH";
export const PERSON = "U0PERSON";
/** Conversations that the measured runs are told in. */
export const CHANNELS = 40;

/** The least of Slack that an app needs, without limits or stores that would be measured too. The clock is its own. */
export async function startSlackServer(): Promise<SlackServer> {
  const waiting = new Map<string, () => void>();
  const listeners = new Set<(call: SlackCall) => void>();
  let connected: WebSocket | undefined;
  let messages = 0;

  const server = createServer((request, response) => {
    void readText(request).then(
      (text) => {
        const method = (request.url ?? "").replace(/^\/api\//, "");
        const call = { method, fields: new URLSearchParams(text), atMs: performance.now() };
        for (const listener of listeners) listener(call);
        messages += 1;
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(answerOf(method, url, messages)));
      },
      () => response.destroy(),
    );
  });
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
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

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

function answerOf(method: string, url: string, messages: number): object {
  switch (method) {
    case "apps.connections.open":
      return { ok: true, url: url.replace(/^http/, "ws") };
    case "auth.test":
      return { ok: true, user_id: "U0BOT", bot_id: "B0BOT", team_id: TEAM, team: "bench", user: "jibsa" };
    case "users.info":
      return {
        ok: true,
        user: {
          id: PERSON,
          team_id: TEAM,
          name: "minji",
          locale: "en-US",
          profile: { email: "minji@example.com" },
        },
      };
    case "usergroups.list":
      return { ok: true, usergroups: [{ id: "S0BENCH", handle: "researchers", users: [PERSON] }] };
    default:
      return { ok: true, channel: "D0BENCH", ts: `1750000000.${String(messages).padStart(6, "0")}` };
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
