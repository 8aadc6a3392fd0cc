import { request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { KubeConfig } from "@kubernetes/client-node";

/** Where an API server is and how to get in. */
export interface KubernetesAccess {
  /** "https://127.0.0.1:6443" */
  baseUrl: string;
  token: string;
  /** PEM of its authority. */
  certificate: string;
}

export interface CallOptions {
  method?: string;
  /** Sent as JSON unless it is a text. */
  body?: unknown;
  /** Default application/json. */
  type?: string;
  headers?: Record<string, string | string[]>;
}

export interface Answer {
  code: number;
  headers: IncomingMessage["headers"];
  /** Parsed where it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  body: any;
  text: string;
}

export function accessFromKubeconfig(kubeconfig: string): KubernetesAccess {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const cluster = config.getCurrentCluster();
  return {
    baseUrl: cluster?.server ?? "",
    token: config.getCurrentUser()?.token ?? "",
    certificate: Buffer.from(cluster?.caData ?? "", "base64").toString("utf8"),
  };
}

function open(access: KubernetesAccess, path: string, options: CallOptions): Promise<IncomingMessage> {
  const body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      access.baseUrl + path,
      {
        method: options.method ?? (body === undefined ? "GET" : "POST"),
        ca: access.certificate,
        headers: {
          authorization: `Bearer ${access.token}`,
          accept: "application/json",
          ...(body !== undefined && {
            "content-type": options.type ?? "application/json",
            // Node leaves it out of a DELETE.
            "content-length": String(Buffer.byteLength(body)),
          }),
          ...options.headers,
        },
      },
      resolve,
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** One request, without any retry. */
export async function callKubernetes(
  access: KubernetesAccess,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const response = await open(access, path, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return { code: response.statusCode ?? 0, headers: response.headers, body: parse(text), text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Collects the lines of a streamed answer while it lasts. */
export async function streamKubernetes(
  access: KubernetesAccess,
  path: string,
): Promise<{ lines: string[]; isOpen(): boolean; stop(): void }> {
  const response = await open(access, path, {});
  const lines: string[] = [];
  let rest = "";
  let isOpen = true;
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  response.on("close", () => (isOpen = false));
  response.on("error", () => (isOpen = false));
  return { lines, isOpen: () => isOpen, stop: () => response.destroy() };
}
