import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import {
  acknowledgeWithinMs,
  type AppLink,
  type Delivery,
  type DeliveryOutcome,
  type DeliveryRetry,
} from "./app-link.ts";
import { newSecret } from "./new-id.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import { app } from "./workspace-seed.ts";
import { compact, isFields, parseJson, type Fields } from "./wire-fields.ts";

export interface SocketModeOptions {
  readonly clock: PlaygroundClock;
  /** After this long a connection is told to come back anew; Slack does it every few hours. */
  readonly refreshAfterMs?: number;
  /** Told of hello, disconnect and close, for the inspector. */
  readonly onSocketEvent: (name: string, detail: Fields) => void;
}

interface Connection {
  readonly socket: WebSocket;
  /** Set once the app was told to leave: nothing new is sent there. */
  leaving: boolean;
  missedPongs: number;
  readonly stops: (() => void)[];
}

interface Waiting {
  readonly connection: Connection;
  readonly settle: (outcome: DeliveryOutcome) => void;
}

const mostConnections = 10;
const ticketLivesMs = 30_000;
const pingEveryMs = 5_000;
const mostMissedPongs = 6;
const refreshAfterMsDefault = 4 * 3_600_000;
const graceMs = 10_000;
const largestMessageBytes = 4 * 1024 * 1024;

/** The server side of Socket Mode: tickets, hello, envelopes and their acknowledgements. */
export class SocketMode implements AppLink {
  readonly #options: SocketModeOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes });
  readonly #tickets = new Map<string, number>();
  readonly #connections: Connection[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners: (() => void)[] = [];
  #next = 0;

  constructor(options: SocketModeOptions) {
    this.#options = options;
  }

  /** What apps.connections.open hands out: good once, for half a minute. Undefined when too many are connected. */
  openTicket(baseUrl: string): string | undefined {
    if (this.#connections.length >= mostConnections) return undefined;
    const now = this.#options.clock.now();
    for (const [ticket, expiresAt] of this.#tickets) if (expiresAt < now) this.#tickets.delete(ticket);
    const ticket = newSecret();
    this.#tickets.set(ticket, now + ticketLivesMs);
    return `${baseUrl.replace(/^http/, "ws")}/link/?ticket=${ticket}&app_id=${app.id}`;
  }

  /** Takes over an upgrade request to /link/; answers whether the ticket was good. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, ticket: string): boolean {
    const expiresAt = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (
      expiresAt === undefined ||
      expiresAt < this.#options.clock.now() ||
      this.#connections.length >= mostConnections
    )
      return false;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#connected(webSocket));
    return true;
  }

  get connectionCount(): number {
    return this.#connections.length;
  }

  onConnected(listener: () => void): void {
    this.#listeners.push(listener);
  }

  send(delivery: Delivery, retry?: DeliveryRetry): Promise<DeliveryOutcome> {
    const connection = this.#pick();
    if (!connection) return Promise.resolve({ kind: "not-connected" });
    const envelopeId = randomUUID();
    const envelope = compact({
      envelope_id: envelopeId,
      type: delivery.type,
      payload: delivery.payload,
      accepts_response_payload: delivery.type !== "events_api",
      retry_attempt: delivery.type === "events_api" ? (retry?.attempt ?? 0) : undefined,
      retry_reason: delivery.type === "events_api" ? (retry?.reason ?? "") : undefined,
    });
    return new Promise((resolve) => {
      const settle = (outcome: DeliveryOutcome) => {
        stop();
        this.#waiting.delete(envelopeId);
        resolve(outcome);
      };
      const stop = this.#options.clock.schedule(acknowledgeWithinMs, () => settle({ kind: "timeout" }));
      this.#waiting.set(envelopeId, { connection, settle });
      connection.socket.send(JSON.stringify(envelope), (error) => {
        if (error) settle({ kind: "timeout" });
      });
    });
  }

  disconnect(): void {
    for (const connection of this.#connections) this.#askToLeave(connection);
  }

  close(): void {
    while (this.#connections[0]) this.#drop(this.#connections[0]);
    this.#server.close();
  }

  /** Each payload goes to exactly one connection, in turn. */
  #pick(): Connection | undefined {
    const open = this.#connections.filter(
      (connection) => !connection.leaving && connection.socket.readyState === WebSocket.OPEN,
    );
    this.#next += 1;
    return open[this.#next % open.length];
  }

  #connected(socket: WebSocket): void {
    const { clock, refreshAfterMs = refreshAfterMsDefault } = this.#options;
    const connection: Connection = { socket, leaving: false, missedPongs: 0, stops: [] };
    this.#connections.push(connection);
    socket.on("message", (data, isBinary) => {
      if (!isBinary && Buffer.isBuffer(data)) this.#receive(data.toString("utf8"));
    });
    socket.on("pong", () => {
      connection.missedPongs = 0;
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#drop(connection));
    const hello = {
      type: "hello",
      num_connections: this.#connections.length,
      debug_info: {
        host: "playground",
        build_number: 1,
        approximate_connection_time: Math.floor(refreshAfterMs / 1_000),
      },
      connection_info: { app_id: app.id },
    };
    socket.send(JSON.stringify(hello));
    this.#options.onSocketEvent("hello", hello);
    connection.stops.push(clock.schedule(refreshAfterMs, () => this.#askToLeave(connection)));
    this.#keepAlive(connection);
    for (const listener of this.#listeners) listener();
  }

  #keepAlive(connection: Connection): void {
    const stop = this.#options.clock.schedule(pingEveryMs, () => {
      if (connection.socket.readyState !== WebSocket.OPEN) return;
      if (connection.missedPongs >= mostMissedPongs) return connection.socket.terminate();
      connection.missedPongs += 1;
      connection.socket.ping("Ping from the playground");
      this.#keepAlive(connection);
    });
    connection.stops.splice(1, 1, stop);
  }

  #askToLeave(connection: Connection): void {
    if (connection.leaving) return;
    connection.leaving = true;
    const message = { type: "disconnect", reason: "refresh_requested", debug_info: { host: "playground" } };
    connection.socket.send(JSON.stringify(message));
    this.#options.onSocketEvent("disconnect", message);
    connection.stops.push(this.#options.clock.schedule(graceMs, () => connection.socket.terminate()));
  }

  #receive(text: string): void {
    const message = parseJson(text);
    if (!isFields(message) || typeof message["envelope_id"] !== "string") return;
    const payload = message["payload"];
    const isEmpty =
      payload === undefined || payload === null || (isFields(payload) && Object.keys(payload).length === 0);
    this.#waiting.get(message["envelope_id"])?.settle({ kind: "acked", body: isEmpty ? undefined : payload });
  }

  #drop(connection: Connection): void {
    const index = this.#connections.indexOf(connection);
    if (index === -1) return;
    this.#connections.splice(index, 1);
    for (const stop of connection.stops) stop();
    for (const waiting of this.#waiting.values())
      if (waiting.connection === connection) waiting.settle({ kind: "timeout" });
    connection.socket.terminate();
    this.#options.onSocketEvent("close", { num_connections: this.#connections.length });
  }
}
