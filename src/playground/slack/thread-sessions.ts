import type { Persistence, PersistedMap } from "./persistence.ts";
import type { Fields } from "./wire-fields.ts";

/** What the app told about one thread or direct message, beside its messages. */
export interface ThreadSession {
  /** "is thinking…" below the composer; empty: none. */
  readonly status?: string;
  readonly loadingMessages?: readonly string[];
  readonly title?: string;
  readonly promptsTitle?: string;
  readonly prompts?: readonly { readonly title: string; readonly message: string }[];
  readonly agentStatus?: AgentStatus;
  readonly initiator?: string;
}

export const agentStatuses = ["processing", "active", "suspended", "closed"] as const;
export type AgentStatus = (typeof agentStatuses)[number];

/** Assistant threads and agent sessions. `threadTs` undefined: the conversation itself. */
export class ThreadSessions {
  readonly #sessions: PersistedMap<ThreadSession>;

  constructor(persistence: Persistence) {
    this.#sessions = persistence.map<ThreadSession>("thread-sessions");
  }

  get(channel: string, threadTs: string | undefined): ThreadSession {
    return this.#sessions.get(keyOf(channel, threadTs)) ?? {};
  }

  change(channel: string, threadTs: string | undefined, change: ThreadSession): ThreadSession {
    const changed = { ...this.get(channel, threadTs), ...change };
    this.#sessions.set(keyOf(channel, threadTs), changed);
    return changed;
  }

  /** Every session of a channel, for its page. */
  list(channel: string): Fields[] {
    return this.#sessions
      .entries()
      .filter(([key]) => key.startsWith(`${channel}/`))
      .map(([key, session]) => renderSession(channel, key.slice(channel.length + 1) || undefined, session));
  }
}

/** The session as the page gets it. */
export function renderSession(channel: string, threadTs: string | undefined, session: ThreadSession): Fields {
  return {
    channel,
    thread_ts: threadTs ?? null,
    status: session.status ?? "",
    loading_messages: session.loadingMessages ?? [],
    title: session.title ?? "",
    prompts_title: session.promptsTitle ?? "",
    prompts: session.prompts ?? [],
    agent_status: session.agentStatus ?? null,
  };
}

function keyOf(channel: string, threadTs: string | undefined): string {
  return `${channel}/${threadTs ?? ""}`;
}
