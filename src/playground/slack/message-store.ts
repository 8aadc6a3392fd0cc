import type { Persistence, PersistedMap } from "./persistence.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import type { Message } from "./workspace-types.ts";

/** All messages of the workspace, ephemeral ones included, oldest first. */
export class MessageStore {
  readonly #persisted: PersistedMap<Message>;
  readonly #byChannel = new Map<string, Map<string, Message>>();
  readonly #clock: PlaygroundClock;
  #lastMicroseconds = 0;

  constructor(persistence: Persistence, clock: PlaygroundClock) {
    this.#clock = clock;
    this.#persisted = persistence.map<Message>("messages");
    const stored = this.#persisted.values().toSorted((a, b) => compareTs(a.ts, b.ts));
    for (const message of stored) {
      this.#index(message);
      this.#lastMicroseconds = Math.max(this.#lastMicroseconds, microseconds(message.ts));
    }
  }

  /** A timestamp that no message has and that is later than all before. */
  nextTs(): string {
    this.#lastMicroseconds = Math.max(this.#clock.now() * 1_000, this.#lastMicroseconds + 1);
    const seconds = Math.floor(this.#lastMicroseconds / 1_000_000);
    return `${seconds}.${String(this.#lastMicroseconds % 1_000_000).padStart(6, "0")}`;
  }

  /** Adds a message or replaces the one with its channel and ts. */
  put(message: Message): Message {
    this.#persisted.set(`${message.channel}/${message.ts}`, message);
    this.#index(message);
    return message;
  }

  get(channel: string, ts: string): Message | undefined {
    return this.#byChannel.get(channel)?.get(ts);
  }

  remove(message: Message): void {
    this.#persisted.delete(`${message.channel}/${message.ts}`);
    this.#byChannel.get(message.channel)?.delete(message.ts);
  }

  /** What stands in the channel itself: roots and replies that were also sent to it; no ephemerals. */
  topLevel(channel: string): Message[] {
    return this.#all(channel).filter(
      (message) => isVisible(message) && (message.threadTs === undefined || message.broadcast === true),
    );
  }

  /** The replies below a root, without it; no ephemerals. */
  replies(channel: string, threadTs: string): Message[] {
    return this.#all(channel).filter((message) => isVisible(message) && message.threadTs === threadTs);
  }

  /** What only that person sees in the channel, or in the thread when one is given. */
  ephemerals(channel: string, user: string, threadTs?: string): Message[] {
    return this.#all(channel).filter(
      (message) => message.ephemeralFor === user && message.threadTs === threadTs,
    );
  }

  /** Every message that is still growing. */
  streaming(): Message[] {
    return this.#persisted.values().filter((message) => message.stream?.state === "in_progress");
  }

  #all(channel: string): Message[] {
    return [...(this.#byChannel.get(channel)?.values() ?? [])];
  }

  #index(message: Message): void {
    const known = this.#byChannel.get(message.channel) ?? new Map<string, Message>();
    known.set(message.ts, message);
    this.#byChannel.set(message.channel, known);
  }
}

function isVisible(message: Message): boolean {
  return message.ephemeralFor === undefined;
}

function microseconds(ts: string): number {
  const [seconds, fraction] = ts.split(".");
  return Number(seconds) * 1_000_000 + Number(fraction ?? 0);
}

/** Orders timestamps by time; what is no timestamp counts as 0. */
export function compareTs(a: string, b: string): number {
  return (microseconds(a) || 0) - (microseconds(b) || 0);
}
