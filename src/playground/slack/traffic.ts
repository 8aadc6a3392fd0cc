import type { Fields } from "./wire-fields.ts";

/** One request or delivery between the app and the workspace, for the inspector. Secrets are masked. */
export interface TrafficEntry {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who spoke: the app called the workspace, or the workspace delivered to the app. */
  readonly direction: "from-app" | "to-app";
  readonly kind: "web-api" | "event" | "command" | "interactive" | "response-url" | "socket" | "upload";
  /** Method, event type, command word or interaction type. */
  readonly name: string;
  readonly request: unknown;
  readonly response: unknown;
  /** "ok", Slack's error word, or what became of the delivery. */
  readonly outcome: string;
  readonly durationMs: number;
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

export interface Traffic {
  record(entry: Omit<TrafficEntry, "id">): void;
  /** Oldest first. */
  list(): TrafficEntry[];
}

const longestStringCharacters = 4_000;

/** A ring of the last `capacity` entries. `secrets` never appear in it, wherever they stood. */
export function createTraffic(
  secrets: readonly string[],
  onEntry: (entry: TrafficEntry) => void,
  capacity = 1_000,
): Traffic {
  const entries: TrafficEntry[] = [];
  let nextId = 1;
  return {
    record: (entry) => {
      const masked: TrafficEntry = {
        ...entry,
        id: nextId++,
        request: mask(entry.request, secrets),
        response: mask(entry.response, secrets),
      };
      entries.push(masked);
      if (entries.length > capacity) entries.shift();
      onEntry(masked);
    },
    list: () => [...entries],
  };
}

const deepestLevel = 40;

function mask(value: unknown, secrets: readonly string[], level = 0): unknown {
  if (typeof value === "string") return maskText(value, secrets);
  if (typeof value !== "object" || value === null) return value;
  if (level > deepestLevel) return "…";
  if (Array.isArray(value)) return value.map((item) => mask(item, secrets, level + 1));
  const masked: Fields = {};
  for (const [name, item] of Object.entries(value)) {
    Object.defineProperty(masked, name, { value: mask(item, secrets, level + 1), enumerable: true });
  }
  return masked;
}

function maskText(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) masked = masked.replaceAll(secret, "[masked]");
  masked = masked.replaceAll(/xox[a-z]-[\w-]+|xapp-[\w-]+/g, "[masked]");
  return masked.length > longestStringCharacters ? `${masked.slice(0, longestStringCharacters)}…` : masked;
}
