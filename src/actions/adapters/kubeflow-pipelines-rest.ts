import { z } from "zod";
import { ClusterUnavailableError } from "../cluster-ports.ts";
import type { Identity, Result } from "../ports.ts";
import type { PipelinesRefusal } from "../training/engines/kubeflow-pipeline/kubeflow-pipelines-port.ts";

/** How the API server learns who asks: a gateway's header with the person's name, or one account's token for all. */
export type PipelinesAuth =
  | { kind: "none" }
  | { kind: "user-header"; header: string }
  | { kind: "token"; token: string };

const TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 32 * 1_024 * 1_024;

/** As grpc-gateway words a refusal, https://github.com/grpc-ecosystem/grpc-gateway */
const refusalSchema = z.object({ message: z.string().optional(), error: z.string().optional() }).catch({});

/** 5 s and no retry. Outages, 429 and 5xx are thrown as ClusterUnavailableError; every other answer is a value. */
export function createPipelinesRest(options: { cluster: string; url: string; auth: PipelinesAuth }) {
  const { cluster, auth } = options;
  const base = `${options.url.replace(/\/+$/, "")}/apis/v2beta1`;
  const away = (message: string, retryAfterMs?: number): ClusterUnavailableError =>
    new ClusterUnavailableError(cluster, `Kubeflow Pipelines: ${message}`, retryAfterMs);

  function headersFor(as: Identity): Record<string, string> {
    switch (auth.kind) {
      case "none":
        return {};
      case "user-header":
        return { [auth.header]: as.user };
      case "token":
        return { authorization: `Bearer ${auth.token}` };
    }
    return auth satisfies never;
  }

  return {
    async call(call: {
      method: "GET" | "POST" | "DELETE";
      /** Below /apis/v2beta1, already encoded. */
      path: string;
      query?: Readonly<Record<string, string>>;
      body?: unknown;
      as: Identity;
    }): Promise<Result<unknown, PipelinesRefusal>> {
      const query = new URLSearchParams(call.query).toString();
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${base}${call.path}${query === "" ? "" : `?${query}`}`, {
          method: call.method,
          headers: {
            accept: "application/json",
            ...(call.body !== undefined && { "content-type": "application/json" }),
            ...headersFor(call.as),
          },
          ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
          // A name and a token go to this server and to no other.
          redirect: "manual",
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        text = await readText(response);
      } catch (error) {
        throw away(messageOf(error));
      }
      const { status } = response;
      if (response.ok) return { ok: true, value: parseJson(text, away) };
      if (status >= 300 && status < 400)
        return refuse(
          "forbidden",
          "it answers with a redirection, as a login page does: the request was not let in",
        );
      const message = messageIn(text) ?? `it answers ${status}`;
      if (status === 429 || status >= 500)
        throw away(message, readRetryAfter(response.headers.get("retry-after")));
      if (status === 401 || status === 403) return refuse("forbidden", message);
      if (status === 404) return refuse("not-found", message);
      return refuse(status === 409 ? "conflict" : "invalid", message);
    },
  };
}

const refuse = (
  kind: PipelinesRefusal["kind"],
  message: string,
): { ok: false; failure: PipelinesRefusal } => ({ ok: false, failure: { kind, message } });

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A page of a proxy in between is an outage, too. */
function parseJson(text: string, away: (message: string) => Error): unknown {
  try {
    return JSON.parse(text === "" ? "{}" : text) as unknown;
  } catch {
    throw away("the answer is no JSON");
  }
}

function messageIn(text: string): string | undefined {
  try {
    const { message, error } = refusalSchema.parse(JSON.parse(text));
    return (message ?? error)?.slice(0, 1_000);
  } catch {
    return text === "" ? undefined : text.slice(0, 300);
  }
}

/** Seconds, or a date. */
function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
