import { mkdirSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { refuseRequest } from "../slack/http-guard.ts";
import { PipelinesError, invalidArgument } from "./pipelines-error.ts";
import {
  serveExperiments,
  servePipelines,
  type PipelinesAccess,
  type PipelinesCall,
  type PipelinesWorld,
} from "./pipelines-service.ts";
import { openPipelinesState } from "./pipelines-state.ts";
import { seedPipelines } from "./seed-pipelines.ts";
import { serveRecurringRuns, serveRuns, specOf } from "./serve-runs.ts";
import { stepAt } from "./run-view.ts";

const API = "/apis/v2beta1";
const MAX_BODY_BYTES = 8 * 1_024 * 1_024;
const DEFAULT_DURATION_MS = 60_000;

/** A stand-in for the API server of Kubeflow Pipelines 2.17: the same paths, shapes and refusals; runs advance by the clock alone. Listens on 127.0.0.1 only. */
export async function startPipelinesServer(options: {
  /** 0: any free one. */
  port: number;
  /** Undefined: nothing is kept. */
  dataDir?: string;
  access: PipelinesAccess;
  nowMs?: () => number;
  /** How long a run takes; default 60 s. */
  runDurationMs?: number;
  /** Whether runs tell their tasks; default true. */
  withTasks?: boolean;
}) {
  const { dataDir, access } = options;
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const { state, save } = openPipelinesState(dataDir === undefined ? undefined : join(dataDir, "state.json"));
  const world: PipelinesWorld = {
    state,
    save,
    nowMs: options.nowMs ?? (() => Date.now()),
    access,
    durationMs: options.runDurationMs ?? DEFAULT_DURATION_MS,
    withTasks: options.withTasks ?? true,
  };
  seedPipelines(world);
  /** For tests: what the next answers are instead. */
  const faults: {
    method: string;
    /** How its path ends; undefined: any. */
    path?: string;
    kind: "lose-answer" | { status: number; retryAfter?: string };
  }[] = [];

  const server = createServer((request, response) => {
    void answer(request).then((outcome) => {
      if (outcome === "lost") return request.socket.destroy();
      response.writeHead(outcome.status, { "content-type": "application/json", ...outcome.headers });
      return response.end(JSON.stringify(outcome.body));
    });
  });

  async function answer(
    request: IncomingMessage,
  ): Promise<"lost" | { status: number; body: object; headers?: Record<string, string> }> {
    try {
      const refusal = refuseRequest(request, port);
      if (refusal !== undefined) throw new PipelinesError(403, 7, refusal);
      const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
      const index = faults.findIndex(
        ({ method, path = "" }) => method === request.method && pathname.endsWith(path),
      );
      const [fault] = index < 0 ? [] : faults.splice(index, 1);
      if (fault !== undefined && fault.kind !== "lose-answer") {
        const { status, retryAfter } = fault.kind;
        const error = new PipelinesError(status, 14, "upstream connect error");
        return {
          status,
          body: error.body(),
          ...(retryAfter !== undefined && { headers: { "retry-after": retryAfter } }),
        };
      }
      const body = serve(world, await readCall(request, access));
      return fault === undefined ? { status: 200, body } : "lost";
    } catch (error) {
      const known = error instanceof PipelinesError ? error : new PipelinesError(500, 13, String(error));
      return { status: known.status, body: known.body() };
    }
  }

  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(options.port, "127.0.0.1", done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    control: {
      /** The next such request is done and its answer is lost. */
      loseAnswerTo: (method: "GET" | "POST", path: string) =>
        faults.push({ method, path, kind: "lose-answer" }),
      /** The next request of that method is answered so, and nothing is done. */
      failNext: (method: "GET" | "POST", status: number, retryAfter?: string) =>
        faults.push({ method, kind: { status, ...(retryAfter !== undefined && { retryAfter }) } }),
      /** The step that it is at now, or that comes first, fails. */
      failRun(displayName: string): void {
        const run = state.runs.find((one) => one.display_name === displayName);
        const last = run?.tries.at(-1);
        if (run === undefined || last === undefined) throw new Error(`no run ${displayName}`);
        last.failingStep = stepAt(run, specOf(world, run), world.nowMs(), world.durationMs);
        save();
      },
    },
    async close(): Promise<void> {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function serve(world: PipelinesWorld, call: PipelinesCall): object {
  if (call.path === "/healthz") return { multi_user: world.access.kind === "multi-user" };
  const served =
    servePipelines(world, call) ??
    serveExperiments(world, call) ??
    serveRuns(world, call) ??
    serveRecurringRuns(world, call);
  if (served === undefined) throw new PipelinesError(404, 5, "Not Found");
  return served;
}

async function readCall(request: IncomingMessage, access: PipelinesAccess): Promise<PipelinesCall> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (!url.pathname.startsWith(`${API}/`)) throw new PipelinesError(404, 5, "Not Found");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw invalidArgument("the request is too large");
    chunks.push(chunk as Buffer);
  }
  const user = access.kind === "multi-user" ? request.headers[access.header] : undefined;
  return {
    method: request.method ?? "GET",
    path: url.pathname.slice(API.length),
    query: url.searchParams,
    body: parseBody(Buffer.concat(chunks).toString("utf8")),
    user: typeof user === "string" ? user : undefined,
  };
}

function parseBody(text: string): unknown {
  try {
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  } catch {
    throw invalidArgument("the request's body is no JSON");
  }
}
