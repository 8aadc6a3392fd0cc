import type { AppLink, Delivery, DeliveryOutcome, DeliveryRetry } from "./app-link.ts";
import type { Faults } from "./faults.ts";
import type { Persistence, PersistedMap } from "./persistence.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import type { Traffic, TrafficEntry } from "./traffic.ts";
import { readText, type Fields } from "./wire-fields.ts";

interface PendingEvent {
  readonly name: string;
  readonly payload: Fields;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
}

export interface AppDeliveryOptions {
  readonly link: AppLink;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly clock: PlaygroundClock;
  readonly persistence: Persistence;
  /** Waits before the first, second and third repetition of an event; Slack: at once, a minute, five minutes. */
  readonly retryDelaysMs?: readonly number[];
}

const slackRetryDelaysMs = [0, 60_000, 300_000];
const keepUndeliveredMs = 3_600_000;
const mostPendingEvents = 1_000;

/** Brings payloads to the app: events with repetition until acknowledged, everything else once. */
export class AppDelivery {
  readonly #options: AppDeliveryOptions;
  readonly #pending: PersistedMap<PendingEvent>;
  readonly #timers = new Map<string, () => void>();
  readonly #inFlight = new Set<string>();
  #closed = false;

  constructor(options: AppDeliveryOptions) {
    this.#options = options;
    this.#pending = options.persistence.map<PendingEvent>("pending-events");
    options.link.onConnected(() => this.#flush());
  }

  /** Delivers an event at least once. It is kept until it is acknowledged or given up, also over a restart. */
  tell(name: string, eventId: string, payload: Fields): void {
    const all = this.#pending.entries();
    if (all.length >= mostPendingEvents && all[0]) this.#pending.delete(all[0][0]);
    this.#pending.set(eventId, { name, payload, attempts: 0, firstAt: this.#options.clock.now() });
    void this.#attempt(eventId, undefined);
  }

  /** Delivers a command or interaction: one attempt, 3 seconds. */
  ask(delivery: Delivery): Promise<DeliveryOutcome> {
    return this.#send(delivery, undefined);
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#timers.values()) stop();
    this.#options.link.close();
  }

  /** Events that came while nobody was there go out as soon as somebody is. */
  #flush(): void {
    for (const [eventId, event] of this.#pending.entries()) {
      if (this.#inFlight.has(eventId)) continue;
      void this.#attempt(
        eventId,
        event.attempts === 0 ? undefined : { attempt: event.attempts, reason: "timeout" },
      );
    }
  }

  async #attempt(eventId: string, retry: DeliveryRetry | undefined): Promise<void> {
    const event = this.#pending.get(eventId);
    if (!event || this.#closed || this.#inFlight.has(eventId)) return;
    this.#timers.get(eventId)?.();
    this.#inFlight.add(eventId);
    const outcome = await this.#send({ type: "events_api", name: event.name, payload: event.payload }, retry);
    this.#inFlight.delete(eventId);
    if (this.#closed) return;
    if (outcome.kind === "acked") return this.#forget(eventId);
    if (outcome.kind === "not-connected") {
      if (this.#options.clock.now() - event.firstAt > keepUndeliveredMs) this.#forget(eventId);
      else this.#wait(eventId, 1_000, retry);
      return;
    }
    const attempts = event.attempts + 1;
    const delayMs = (this.#options.retryDelaysMs ?? slackRetryDelaysMs)[attempts - 1];
    if (delayMs === undefined) return this.#forget(eventId);
    this.#pending.set(eventId, { ...event, attempts });
    this.#wait(eventId, delayMs, {
      attempt: attempts,
      reason: outcome.kind === "timeout" ? "timeout" : "http_error",
    });
  }

  #wait(eventId: string, delayMs: number, retry: DeliveryRetry | undefined): void {
    this.#timers.set(
      eventId,
      this.#options.clock.schedule(delayMs, () => void this.#attempt(eventId, retry)),
    );
  }

  #forget(eventId: string): void {
    this.#timers.get(eventId)?.();
    this.#timers.delete(eventId);
    this.#pending.delete(eventId);
  }

  async #send(delivery: Delivery, retry: DeliveryRetry | undefined): Promise<DeliveryOutcome> {
    const { link, faults, clock } = this.#options;
    const fault = faults.takeForEvent([
      delivery.type,
      delivery.name,
      readText(delivery.payload, "type") ?? delivery.type,
    ]);
    if (fault?.kind === "delay") await new Promise<void>((resolve) => clock.schedule(fault.delayMs, resolve));
    if (fault?.kind === "disconnect") link.disconnect();
    if (fault?.kind === "error")
      return this.#recorded(delivery, retry, Promise.resolve({ kind: "failed", reason: fault.error }));
    if (fault?.kind === "duplicate") void this.#recorded(delivery, undefined, link.send(delivery));
    const outcome = await this.#recorded(delivery, retry, link.send(delivery, retry));
    return fault?.kind === "lose-answer" ? { kind: "timeout" } : outcome;
  }

  async #recorded(
    delivery: Delivery,
    retry: DeliveryRetry | undefined,
    sending: Promise<DeliveryOutcome>,
  ): Promise<DeliveryOutcome> {
    const { traffic, clock } = this.#options;
    const at = clock.now();
    const outcome = await sending;
    if (outcome.kind === "not-connected" && delivery.type === "events_api") return outcome;
    traffic.record({
      at,
      direction: "to-app",
      kind: trafficKinds[delivery.type],
      name: delivery.name,
      request: delivery.payload,
      response: outcome.kind === "acked" ? (outcome.body ?? null) : null,
      outcome: outcome.kind === "failed" ? outcome.reason : outcome.kind,
      durationMs: clock.now() - at,
      ...(retry ? { retry } : {}),
    });
    return outcome;
  }
}

const trafficKinds: Readonly<Record<Delivery["type"], TrafficEntry["kind"]>> = {
  events_api: "event",
  slash_commands: "command",
  interactive: "interactive",
};
