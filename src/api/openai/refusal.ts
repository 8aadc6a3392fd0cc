import type { ServerResponse } from "node:http";

/** Why a call is not answered, as OpenAI's clients read it. https://platform.openai.com/docs/guides/error-codes */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  /** Seconds after which it may go well. */
  readonly retryAfterS: number | undefined;
  constructor(
    status: number,
    code: string,
    message: string,
    more: { param?: string; retryAfterS?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = more.param ?? null;
    this.retryAfterS = more.retryAfterS;
  }
}

export function errorBody({ status, code, message, param }: Refusal) {
  const type = status >= 500 ? "server_error" : status === 429 ? "rate_limit_error" : "invalid_request_error";
  return { error: { message, type, param, code } };
}

export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...(refusal.status === 401 && { "www-authenticate": "Bearer" }),
    ...(refusal.retryAfterS !== undefined && { "retry-after": String(refusal.retryAfterS) }),
  });
  response.end(JSON.stringify(errorBody(refusal)));
}
