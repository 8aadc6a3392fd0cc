import type { PlaygroundParts } from "../playground-parts.ts";
import { parseJson, readText, type Fields, type UnknownFields } from "../wire-fields.ts";
import { MethodArguments } from "./method-arguments.ts";
import { tokenKinds, webMethods } from "./registry.ts";
import { SlackError } from "./slack-error.ts";

export interface MethodCall {
  readonly method: string;
  /** From the Authorization header; a form field `token` counts too. */
  readonly bearerToken: string | undefined;
  readonly fields: UnknownFields;
}

/** The answer to write, or "cut": the connection ends without one. */
export type MethodAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Fields;
    }
  | { readonly kind: "cut" };

/** Runs one Web API call: faults, method, token, rate limit, arguments, in this order. */
export async function callMethod(parts: PlaygroundParts, call: MethodCall): Promise<MethodAnswer> {
  const at = parts.clock.now();
  const { answer, outcome, body } = await answerCall(parts, call);
  parts.traffic.record({
    at,
    direction: "from-app",
    kind: "web-api",
    name: call.method,
    request: readable(call.fields),
    response: body,
    outcome,
    durationMs: parts.clock.now() - at,
  });
  return answer;
}

interface Answered {
  readonly answer: MethodAnswer;
  readonly outcome: string;
  readonly body: Fields | null;
}

async function answerCall(parts: PlaygroundParts, call: MethodCall): Promise<Answered> {
  const fault = parts.faults.takeForMethod(call.method);
  if (fault?.kind === "disconnect")
    return { answer: { kind: "cut" }, outcome: "fault: disconnect", body: null };
  if (fault?.kind === "rate-limit") return rateLimited(fault.retryAfterS);
  if (fault?.kind === "error") return answered({ ok: false, error: fault.error }, fault.status);
  if (fault?.kind === "delay")
    await new Promise<void>((resolve) => parts.clock.schedule(fault.delayMs, resolve));
  const waitS = parts.rateLimits.take(call.method, readText(call.fields, "channel"));
  if (waitS !== undefined) return rateLimited(waitS);
  const body = runMethod(parts, call);
  if (fault?.kind === "lose-answer") return { answer: { kind: "cut" }, outcome: "fault: lose-answer", body };
  return answered(body);
}

function runMethod(parts: PlaygroundParts, call: MethodCall): Fields {
  const method = Object.hasOwn(webMethods, call.method) ? webMethods[call.method] : undefined;
  if (!method) return { ok: false, error: "unknown_method", req_method: call.method };
  const refused = checkToken(parts, call);
  if (refused !== undefined) return { ok: false, error: refused };
  try {
    return { ok: true, ...method(new MethodArguments(call.fields), parts) };
  } catch (error) {
    if (error instanceof SlackError) return { ok: false, error: error.code, ...error.extra };
    parts.logger?.error({ err: error, method: call.method }, "a playground method failed");
    return { ok: false, error: "internal_error" };
  }
}

function checkToken(parts: PlaygroundParts, call: MethodCall): string | undefined {
  const kind = Object.hasOwn(tokenKinds, call.method) ? tokenKinds[call.method] : "bot";
  if (kind === "none") return undefined;
  const token = call.bearerToken ?? readText(call.fields, "token");
  if (token === undefined) return "not_authed";
  const { botToken, appToken } = parts.secrets;
  if (token !== botToken && token !== appToken) return "invalid_auth";
  return (token === appToken) === (kind === "app") ? undefined : "not_allowed_token_type";
}

function answered(body: Fields, status = 200): Answered {
  return {
    answer: { kind: "answer", status, headers: {}, body },
    outcome: body["ok"] === true ? "ok" : String(body["error"]),
    body,
  };
}

function rateLimited(retryAfterS: number): Answered {
  const body = { ok: false, error: "ratelimited" };
  return {
    answer: { kind: "answer", status: 429, headers: { "retry-after": String(retryAfterS) }, body },
    outcome: "ratelimited",
    body,
  };
}

/** A form with its JSON fields decoded, for the inspector. */
function readable(fields: UnknownFields): Fields {
  const decode = (value: unknown): unknown =>
    typeof value === "string" && /^[[{]/.test(value) ? (parseJson(value) ?? value) : value;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, decode(value)]));
}
