import { createHmac } from "node:crypto";
import {
  acknowledgeWithinMs,
  type AppLink,
  type Delivery,
  type DeliveryOutcome,
  type DeliveryRetry,
} from "./app-link.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import { parseJson } from "./wire-fields.ts";

export interface HttpDeliveryOptions {
  /** The app's request URL for events, interactivity and commands. */
  readonly url: string;
  readonly signingSecret: string;
  readonly clock: PlaygroundClock;
}

const longestBodyCharacters = 1_000_000;

/** Signed HTTP delivery (`v0` HMAC over timestamp and raw body), 3 seconds for an answer. */
export class HttpDelivery implements AppLink {
  readonly #options: HttpDeliveryOptions;
  readonly #running = new Set<AbortController>();

  constructor(options: HttpDeliveryOptions) {
    this.#options = options;
  }

  onConnected(listener: () => void): void {
    listener();
  }

  disconnect(): void {
    // Every delivery is a request of its own.
  }

  close(): void {
    for (const controller of this.#running) controller.abort();
  }

  async send(delivery: Delivery, retry?: DeliveryRetry): Promise<DeliveryOutcome> {
    const { url, signingSecret, clock } = this.#options;
    const body = encodeBody(delivery);
    const timestamp = String(Math.floor(clock.now() / 1_000));
    const controller = new AbortController();
    this.#running.add(controller);
    const stop = clock.schedule(acknowledgeWithinMs, () => controller.abort());
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type":
            delivery.type === "events_api" ? "application/json" : "application/x-www-form-urlencoded",
          "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
          "x-slack-request-timestamp": timestamp,
          "x-slack-signature": signRequest(signingSecret, timestamp, body),
          ...(retry
            ? { "x-slack-retry-num": String(retry.attempt), "x-slack-retry-reason": retry.reason }
            : {}),
        },
        body,
        redirect: "error",
        signal: controller.signal,
      });
      const text = (await response.text()).slice(0, longestBodyCharacters);
      if (!response.ok) return { kind: "failed", reason: `http_${response.status}` };
      return { kind: "acked", body: text === "" ? undefined : (parseJson(text) ?? text) };
    } catch {
      return controller.signal.aborted ? { kind: "timeout" } : { kind: "not-connected" };
    } finally {
      stop();
      this.#running.delete(controller);
    }
  }
}

/** Slack's request signature. */
export function signRequest(signingSecret: string, timestamp: string, body: string): string {
  return `v0=${createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
}

function encodeBody(delivery: Delivery): string {
  if (delivery.type === "events_api") return JSON.stringify(delivery.payload);
  if (delivery.type === "interactive")
    return new URLSearchParams({ payload: JSON.stringify(delivery.payload) }).toString();
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(delivery.payload)) form.set(name, String(value));
  return form.toString();
}
