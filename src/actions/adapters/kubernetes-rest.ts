import { existsSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { ClusterUnavailableError } from "../cluster-ports.ts";
import type { Identity } from "../ports.ts";

/** The API server's own `Status` of a refusal, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface KubernetesStatus {
  code: number;
  reason?: string;
  message?: string;
  details?: {
    name?: string;
    kind?: string;
    causes?: { field?: string; message?: string }[];
    retryAfterSeconds?: number;
  };
}
export type RestAnswer = { ok: true; body: unknown } | { ok: false; status: KubernetesStatus };

export interface RestCall {
  method: "GET" | "POST" | "DELETE" | "PATCH";
  /** Already encoded, with its query. */
  path: string;
  body?: unknown;
  /** On top of those that every call has. */
  headers?: Readonly<Record<string, string>>;
  /** Until the head of the answer is there; default 5 s. */
  timeoutMs?: number;
  /** Impersonated; undefined: the configuration's own account. */
  as?: Identity;
  signal?: AbortSignal;
}

export type KubernetesRest = Awaited<ReturnType<typeof openKubernetesRest>>;

const TIMEOUT_MS = 5_000;
const SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const MAX_BODY_BYTES = 64 * 1_024 * 1_024;

/**
 * The plain API calls that the generated clients do not cover: any resource by name, impersonation for each call,
 * 5 s and no retry. Credentials, certificates and exec plugins are @kubernetes/client-node's (imported on first use).
 * Outages, 429 and 5xx are thrown as ClusterUnavailableError, and so is the same read before its Retry-After is over; every
 * other answer is a value.
 */
export async function openKubernetesRest(
  name: string,
  source: { kubeconfig: string } | { kubeconfigFile: string } | "in-cluster",
  context?: string,
) {
  const { KubeConfig: Config } = await import("@kubernetes/client-node");
  const config: KubeConfig = new Config();
  if (source === "in-cluster") {
    if (!existsSync(SERVICE_ACCOUNT_TOKEN))
      throw new Error("this process does not run in a pod of a cluster");
    config.loadFromCluster();
  } else if ("kubeconfig" in source) config.loadFromString(source.kubeconfig);
  else config.loadFromFile(source.kubeconfigFile);
  if (context !== undefined) config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("the kubeconfig names no cluster for its current context");
  /** Until when, on the monotonic clock, the server does not want the same read again. */
  const notBeforeMs = new Map<string, number>();

  /** Whoever repeats a change waits by itself; a look may be asked for again by an event at any time. */
  function throwIfTooEarly(call: RestCall): void {
    const until = notBeforeMs.get(sameRead(call));
    if (until === undefined) return;
    const waitMs = until - performance.now();
    if (waitMs <= 0) {
      notBeforeMs.delete(sameRead(call));
      return;
    }
    throw new ClusterUnavailableError(name, "the API server has asked for a pause", waitMs);
  }

  function throwIfAway(call: RestCall, response: IncomingMessage, status: KubernetesStatus): void {
    if (status.code !== 429 && status.code < 500) return;
    const seconds = Number(response.headers["retry-after"] ?? status.details?.retryAfterSeconds);
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
    if (call.method === "GET" && retryAfterMs !== undefined)
      notBeforeMs.set(sameRead(call), performance.now() + retryAfterMs);
    const message = status.message ?? `the API server answers ${status.code}`;
    throw new ClusterUnavailableError(name, message, retryAfterMs);
  }

  /** Resolves once the head of the answer is there. */
  async function open(call: RestCall): Promise<IncomingMessage> {
    throwIfTooEarly(call);
    const url = new URL(server + call.path);
    const options: RequestOptions = { method: call.method, headers: {} };
    await config.applyToHTTPSOptions(options);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const headers: Record<string, string | string[]> = {
      ...(options.headers as Record<string, string>),
      ...call.headers,
      accept: "application/json",
      ...(body !== undefined && {
        "content-type": call.method === "PATCH" ? "application/merge-patch+json" : "application/json",
        "content-length": String(Buffer.byteLength(body)),
      }),
      ...(call.as !== undefined && { "Impersonate-User": call.as.user }),
      ...(call.as !== undefined && call.as.groups.length > 0 && { "Impersonate-Group": [...call.as.groups] }),
    };
    return new Promise((resolve, reject) => {
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      const { agent, ...rest } = options;
      const request = send(
        url,
        {
          ...rest,
          headers,
          ...(url.protocol === "https:" && { agent }),
          ...(call.signal && { signal: call.signal }),
        },
        (response) => {
          clearTimeout(timer);
          resolve(response);
        },
      );
      const { timeoutMs = TIMEOUT_MS } = call;
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      request.on("error", (error) => {
        clearTimeout(timer);
        reject(new ClusterUnavailableError(name, error.message));
      });
      request.end(body);
    });
  }

  return {
    async call(call: RestCall): Promise<RestAnswer> {
      const response = await open(call);
      const text = await readAll(name, response);
      const code = response.statusCode ?? 0;
      if (code >= 200 && code < 300) return { ok: true, body: JSON.parse(text) as unknown };
      const status = parseStatus(text, code);
      throwIfAway(call, response, status);
      return { ok: false, status };
    },
    /** The answer as it is, whatever its code: what stands behind the API server's proxy speaks for itself. */
    async text(call: RestCall, maxBytes: number): Promise<{ code: number; text: string }> {
      const response = await open(call);
      return { code: response.statusCode ?? 0, text: await readAll(name, response, maxBytes) };
    },
    /** Lines of a streamed answer (logs, watches) until it ends or the signal aborts. */
    async *lines(call: RestCall): AsyncIterable<string> {
      const response = await open(call);
      if ((response.statusCode ?? 0) >= 300) {
        const status = parseStatus(await readAll(name, response), response.statusCode ?? 0);
        throwIfAway(call, response, status);
        throw new RestRefusedError(status);
      }
      response.setEncoding("utf8");
      let rest = "";
      for await (const chunk of response) {
        const parts = (rest + String(chunk)).split("\n");
        rest = parts.pop() ?? "";
        yield* parts;
      }
      if (rest !== "") yield rest;
    },
  };
}

/** A streamed call was refused. */
export class RestRefusedError extends Error {
  override name = "RestRefusedError";
  readonly status: KubernetesStatus;
  constructor(status: KubernetesStatus) {
    super(status.message ?? `the API server answers ${status.code}`);
    this.status = status;
  }
}

async function readAll(name: string, response: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Set anew: the head came in time, the body may not.
  const timer = setTimeout(() => response.destroy(new Error("the answer broke off")), TIMEOUT_MS);
  try {
    for await (const chunk of response) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw new Error("the answer is too large");
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw new ClusterUnavailableError(name, error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sameRead({ method, path, as }: RestCall): string {
  return `${method} ${path} ${as?.user ?? ""}`;
}

function parseStatus(text: string, code: number): KubernetesStatus {
  try {
    const body = JSON.parse(text) as Partial<KubernetesStatus> | null;
    return { ...body, code };
  } catch {
    return { code, message: text.slice(0, 300) };
  }
}
