import { newId, newSecret } from "./new-id.ts";
import type { PlaygroundClock } from "./playground-clock.ts";

interface Trigger {
  readonly user: string;
  readonly expiresAt: number;
  used: boolean;
}

export type TriggerUse =
  | { readonly kind: "user"; readonly user: string }
  | {
      readonly kind: "refused";
      readonly error: "invalid_trigger_id" | "expired_trigger_id" | "exchanged_trigger_id";
    };

const livesMs = 3_000;
const rememberedMs = 60_000;

/** trigger_ids: good for three seconds and one view. */
export class TriggerIds {
  readonly #triggers = new Map<string, Trigger>();
  readonly #clock: PlaygroundClock;

  constructor(clock: PlaygroundClock) {
    this.#clock = clock;
  }

  create(user: string): string {
    const now = this.#clock.now();
    for (const [id, trigger] of this.#triggers)
      if (trigger.expiresAt + rememberedMs < now) this.#triggers.delete(id);
    const id = `${newId("", 12)}.${newSecret()}`;
    this.#triggers.set(id, { user, expiresAt: now + livesMs, used: false });
    return id;
  }

  use(id: string): TriggerUse {
    const trigger = this.#triggers.get(id);
    if (!trigger) return { kind: "refused", error: "invalid_trigger_id" };
    if (trigger.used) return { kind: "refused", error: "exchanged_trigger_id" };
    if (trigger.expiresAt < this.#clock.now()) return { kind: "refused", error: "expired_trigger_id" };
    trigger.used = true;
    return { kind: "user", user: trigger.user };
  }
}
