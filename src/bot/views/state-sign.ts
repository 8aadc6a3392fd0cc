import type { RequestState, RunState } from "../../store/database.ts";

const SIGNS: Readonly<Record<RequestState | RunState, string>> = {
  previewed: "📝",
  "needs-approval": "✋",
  queued: "⏳",
  starting: "⏳",
  running: "🔵",
  succeeded: "✅",
  done: "✅",
  failed: "❌",
  rejected: "❌",
  expired: "⚪",
  cancelled: "⚪",
  lost: "⚠️",
  parked: "⚠️",
};

/** One sign for each state, the same everywhere; never the only carrier of meaning. */
export function signOf(state: RequestState | RunState): string {
  return SIGNS[state];
}
