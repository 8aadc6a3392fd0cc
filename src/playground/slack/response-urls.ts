import { newId, newSecret } from "./new-id.ts";
import type { Persistence, PersistedMap } from "./persistence.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import { team } from "./workspace-seed.ts";

/** Where an answer through a response_url belongs. */
export interface ResponseTarget {
  readonly channel: string;
  readonly user: string;
  readonly threadTs?: string;
  /** The message whose button was pressed; replaced or deleted on demand. */
  readonly messageTs?: string;
}

interface Hook extends ResponseTarget {
  readonly expiresAt: number;
  readonly usesLeft: number;
}

const livesMs = 30 * 60_000;
const uses = 5;

/** response_urls: five answers within half an hour. */
export class ResponseUrls {
  readonly #hooks: PersistedMap<Hook>;
  readonly #clock: PlaygroundClock;
  readonly #baseUrl: () => string;

  constructor(persistence: Persistence, clock: PlaygroundClock, baseUrl: () => string) {
    this.#hooks = persistence.map<Hook>("response-urls");
    this.#clock = clock;
    this.#baseUrl = baseUrl;
  }

  /** `kind` is the first part of the path, as in Slack's own URLs. */
  create(kind: "actions" | "commands" | "app", target: ResponseTarget): string {
    for (const [path, hook] of this.#hooks.entries())
      if (hook.expiresAt < this.#clock.now()) this.#hooks.delete(path);
    const path = `/${kind}/${team.id}/${newId("", 12)}/${newSecret()}`;
    this.#hooks.set(path, { ...target, expiresAt: this.#clock.now() + livesMs, usesLeft: uses });
    return `${this.#baseUrl()}${path}`;
  }

  /** Counts one use. Slack's error word when there is none left. */
  use(
    path: string,
  ):
    | { readonly kind: "target"; readonly target: ResponseTarget }
    | { readonly kind: "refused"; readonly error: "expired_url" | "used_url" } {
    const hook = this.#hooks.get(path);
    if (!hook || hook.expiresAt < this.#clock.now()) return { kind: "refused", error: "expired_url" };
    if (hook.usesLeft < 1) return { kind: "refused", error: "used_url" };
    this.#hooks.set(path, { ...hook, usesLeft: hook.usesLeft - 1 });
    return { kind: "target", target: hook };
  }
}
