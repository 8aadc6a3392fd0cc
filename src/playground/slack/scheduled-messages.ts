import { newId } from "./new-id.ts";
import type { Persistence, PersistedMap } from "./persistence.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import type { Message } from "./workspace-types.ts";

export interface ScheduledMessage {
  readonly id: string;
  readonly channel: string;
  /** Seconds since 1970. */
  readonly postAt: number;
  readonly createdAt: number;
  readonly content: Pick<Message, "text" | "blocks" | "attachments" | "threadTs" | "metadata">;
}

/** Messages to be posted later; those that fell due while nothing ran are posted at the start. */
export class ScheduledMessages {
  readonly #scheduled: PersistedMap<ScheduledMessage>;
  readonly #clock: PlaygroundClock;
  readonly #timers = new Map<string, () => void>();
  #post: (due: ScheduledMessage) => void = () => undefined;

  constructor(persistence: Persistence, clock: PlaygroundClock) {
    this.#scheduled = persistence.map<ScheduledMessage>("scheduled-messages");
    this.#clock = clock;
  }

  start(post: (due: ScheduledMessage) => void): void {
    this.#post = post;
    for (const scheduled of this.#scheduled.values()) this.#arm(scheduled);
  }

  add(scheduled: Omit<ScheduledMessage, "id" | "createdAt">): ScheduledMessage {
    const added = { ...scheduled, id: newId("Q"), createdAt: Math.floor(this.#clock.now() / 1_000) };
    this.#scheduled.set(added.id, added);
    this.#arm(added);
    return added;
  }

  list(): ScheduledMessage[] {
    return this.#scheduled.values().toSorted((a, b) => a.postAt - b.postAt);
  }

  /** Whether it was there. */
  remove(id: string): boolean {
    const known = this.#scheduled.get(id) !== undefined;
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    this.#scheduled.delete(id);
    return known;
  }

  close(): void {
    for (const stop of this.#timers.values()) stop();
  }

  #arm(scheduled: ScheduledMessage): void {
    const delayMs = Math.max(0, scheduled.postAt * 1_000 - this.#clock.now());
    const stop = this.#clock.schedule(delayMs, () => {
      // A timer cannot wait longer than 24 days, so it may ring early.
      if (scheduled.postAt * 1_000 > this.#clock.now()) return this.#arm(scheduled);
      if (this.remove(scheduled.id)) this.#post(scheduled);
    });
    this.#timers.set(scheduled.id, stop);
  }
}
