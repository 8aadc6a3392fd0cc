import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { parse, stringify } from "yaml";
import type { SimulatedCluster } from "#src/playground/cluster/start-simulated-cluster.ts";
import type { SeededRandom } from "./fault-seed.ts";

/**
 * rate-limit: 429 with Retry-After; error: 500; reset: the connection breaks before anything is done; lose-answer: carried
 * out, then the connection breaks.
 */
const FAULTS = ["rate-limit", "error", "reset", "lose-answer"] as const;
type Fault = (typeof FAULTS)[number];
const RETRY_AFTER_S = 2;

export interface ProxyCounts {
  calls: number;
  faults: Record<Fault, number>;
  /** Lists of jobs with which a watch begins, by process. */
  relists: Record<string, number>;
  watchesCut: number;
  /** The same call of the same process before its Retry-After was over. */
  earlyRetries: string[];
}

export interface FaultyProxy {
  /** Leads to the proxy; calls of this process are counted as its. */
  kubeconfigFor(process: string): string;
  /** This share of the calls fails from now on; 0: none. */
  failShare(share: number): void;
  cutWatches(): void;
  counts(): ProxyCounts;
  close(): Promise<void>;
}

interface Call {
  process: string;
  method: string;
  path: string;
  query: URLSearchParams;
  isWatch: boolean;
  body: string;
}

/** An API server that fails now and then, before a cluster that does not. Plain HTTP on 127.0.0.1. */
export async function startFaultyProxy(
  cluster: SimulatedCluster,
  random: SeededRandom,
): Promise<FaultyProxy> {
  const kubeconfig = parse(cluster.kubeconfig) as Kubeconfig;
  const authority = Buffer.from(
    kubeconfig.clusters[0]?.cluster["certificate-authority-data"] ?? "",
    "base64",
  ).toString();
  const watches = new Set<ServerResponse>();
  const notBeforeMs = new Map<string, number>();
  const counts: ProxyCounts = {
    calls: 0,
    faults: { "rate-limit": 0, error: 0, reset: 0, "lose-answer": 0 },
    relists: {},
    watchesCut: 0,
    earlyRetries: [],
  };
  let failing = 0;

  const server = createServer((request, response) => {
    // A caller that leaves in the middle of its call gets no answer.
    serve(request, response).catch(() => request.socket.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    const key = sameAgain(call);
    counts.calls += 1;
    const earlyMs = key === undefined ? 0 : (notBeforeMs.get(key) ?? 0) - Date.now();
    if (earlyMs > 0) counts.earlyRetries.push(`${key ?? ""}: ${earlyMs} ms early`);
    if (call.method === "GET" && !call.isWatch && call.path.endsWith("/pytorchjobs"))
      counts.relists[call.process] = (counts.relists[call.process] ?? 0) + 1;
    const fault = random.next() < failing ? random.pick(FAULTS) : undefined;
    if (fault !== undefined) counts.faults[fault] += 1;
    if (fault === "reset") request.socket.destroy();
    else if (fault === "rate-limit") {
      if (key !== undefined) notBeforeMs.set(key, Date.now() + RETRY_AFTER_S * 1_000);
      refuse(response, 429, "TooManyRequests");
    } else if (fault === "error") refuse(response, 500, "InternalError");
    else forward(request, response, call, fault === "lose-answer");
  }

  function forward(request: IncomingMessage, response: ServerResponse, call: Call, lose: boolean): void {
    const query = call.query.size === 0 ? "" : `?${call.query.toString()}`;
    const onward = httpsRequest(
      cluster.url + call.path + query,
      {
        method: call.method,
        headers: { ...request.headers, host: new URL(cluster.url).host },
        ca: authority,
      },
      (answer) => {
        if (lose) {
          answer.resume();
          answer.once("close", () => request.socket.destroy());
          // A watch does not end by itself.
          if (call.isWatch) request.socket.destroy();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.flushHeaders();
        answer.pipe(response);
        answer.once("error", () => response.destroy());
        if (!call.isWatch) return;
        watches.add(response);
        response.once("close", () => watches.delete(response));
      },
    );
    onward.once("error", () => request.socket.destroy());
    response.once("close", () => onward.destroy());
    onward.end(call.body);
  }

  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfigFor: (process) =>
      stringify({
        ...kubeconfig,
        clusters: [
          {
            name: "simulated",
            // Without it the client takes no address without TLS.
            cluster: { server: `http://127.0.0.1:${port}/${process}`, "insecure-skip-tls-verify": true },
          },
        ],
      }),
    failShare(share) {
      failing = share;
    },
    cutWatches() {
      counts.watchesCut += watches.size;
      for (const watch of watches) watch.destroy();
    },
    counts: () => counts,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

interface Kubeconfig {
  clusters: { cluster: { "certificate-authority-data"?: string } }[];
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, process = "", ...path] = url.pathname.split("/");
  return {
    process,
    method: request.method ?? "GET",
    path: `/${path.join("/")}`,
    query: url.searchParams,
    isWatch: url.searchParams.has("watch"),
    body: Buffer.concat(chunks).toString(),
  };
}

/** What makes a call the same as an earlier one. Undefined where other people's requests look the same: lists of everything. */
function sameAgain({ process, method, path, query, isWatch, body }: Call): string | undefined {
  if (isWatch) return `${process} watch ${path}`;
  if (path.endsWith("/pytorchjobs") && method === "GET") return `${process} list ${path}`;
  if (method === "GET" && !query.has("labelSelector") && !path.includes("/pytorchjobs/")) return undefined;
  const name = /"name":"([a-z]+-r[a-z0-9]+)"/.exec(body)?.[1] ?? "";
  if (method === "POST" && name === "") return undefined;
  return `${process} ${method} ${path}?${query.toString()} ${name}`;
}

function refuse(response: ServerResponse, code: number, reason: string): void {
  response.writeHead(code, {
    "content-type": "application/json",
    ...(code === 429 && { "retry-after": String(RETRY_AFTER_S) }),
  });
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason };
  response.end(JSON.stringify({ ...status, message: "a fault that a test asked for" }));
}
