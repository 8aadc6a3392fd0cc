/** What went wrong in a Web API call, as far as it changes what to do next. */
export type SlackFailure =
  | { kind: "rate-limited"; retryAfterMs: number }
  /** The place cannot be written to. */
  | { kind: "unreachable-place"; error: string }
  | { kind: "message-gone"; error: string }
  | { kind: "refused-content"; error: string }
  | { kind: "refused"; error: string }
  /** No answer, or one that says nothing about the call: it may have been done. */
  | { kind: "unknown"; error: string };

const PLACE_ERRORS = [
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "user_not_in_channel",
  "restricted_action",
  "cannot_dm_bot",
  "user_not_found",
];
const CONTENT_ERRORS = ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"];
const GONE_ERRORS = ["message_not_found", "cant_update_message", "thread_not_found"];

/** Slack gave no answer, or a server's error: what was asked is worth another try later. */
export function isSlackAway(error: unknown): boolean {
  return isSlackError(error) && readSlackError(error).kind === "unknown";
}

/** Thrown by a call of the Web API, whatever the reason. */
export function isSlackError(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && code.startsWith("slack_webapi_");
}

export function readSlackError(error: unknown): SlackFailure {
  const { data, retryAfter, message } = (error ?? {}) as {
    data?: { error?: unknown };
    retryAfter?: unknown;
    message?: unknown;
  };
  if (typeof retryAfter === "number") return { kind: "rate-limited", retryAfterMs: retryAfter * 1_000 };
  const code = data?.error;
  if (typeof code !== "string")
    return { kind: "unknown", error: typeof message === "string" ? message : "unknown" };
  if (PLACE_ERRORS.includes(code)) return { kind: "unreachable-place", error: code };
  if (GONE_ERRORS.includes(code)) return { kind: "message-gone", error: code };
  if (CONTENT_ERRORS.includes(code)) return { kind: "refused-content", error: code };
  if (["internal_error", "fatal_error", "service_unavailable", "request_timeout"].includes(code))
    return { kind: "unknown", error: code };
  return { kind: "refused", error: code };
}
