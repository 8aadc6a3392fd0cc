import { randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { stringify } from "yaml";
import { ApiError } from "./api-error.ts";
import { defaultRoles, isAllowed, type ClusterRole, type UserInfo } from "./authorization.ts";
import { createSystemClock, type ClusterClock } from "./cluster-clock.ts";
import { createClusterFaults, type ClusterFault } from "./cluster-faults.ts";
import { discover } from "./discovery.ts";
import { handleRequest, type ApiContext } from "./handle-request.ts";
import { runPods } from "./kubelet.ts";
import { createObjectStore } from "./object-store.ts";
import { runPyTorchJobs } from "./pytorch-job-controller.ts";
import { schedulePods } from "./scheduler.ts";
import { seedCluster } from "./seed.ts";

export interface SimulatedCluster {
  url: string;
  /** As YAML; also written to `kubeconfigPath` when there is a data folder. */
  kubeconfig: string;
  kubeconfigPath: string | undefined;
  control: { addFault(fault: ClusterFault): void; clearFaults(): void; cutWatches(): void };
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 3 * 1_024 * 1_024;

/** A Kubernetes API server with a scheduler, a kubelet and the Training Operator, none of them real. Listens on 127.0.0.1 only. */
export async function startSimulatedCluster(options: {
  /** 0: any free one. */
  port: number;
  /** undefined: nothing is kept. */
  dataDir?: string;
  clock?: ClusterClock;
  roles?: readonly ClusterRole[];
  /** How long a training pod runs that does not say so itself; default 60 s. */
  trainingDurationMs?: number;
}): Promise<SimulatedCluster> {
  const clock = options.clock ?? createSystemClock();
  const roles = options.roles ?? defaultRoles;
  const trainingDurationMs = options.trainingDurationMs ?? 60_000;
  const store = createObjectStore(clock, options.dataDir);
  seedCluster(store);
  const token = readToken(options.dataDir);
  const faults = createClusterFaults();
  const watches = new Set<() => void>();
  const context: ApiContext = {
    store,
    clock,
    roles,
    trainingDurationMs,
    takeFault: (verb, resource) => faults.take(verb, resource),
    onWatch(cut, response) {
      watches.add(cut);
      response.on("close", () => watches.delete(cut));
    },
  };

  let reconciling = false;
  const reconcile = (): void => {
    if (reconciling) return;
    reconciling = true;
    try {
      const nowMs = clock.nowMs();
      runPyTorchJobs(store, nowMs);
      schedulePods(store, nowMs);
      runPods(store, nowMs, trainingDurationMs);
      runPyTorchJobs(store, nowMs);
    } finally {
      reconciling = false;
    }
  };
  reconcile();
  const stopTicking = clock.onTick(reconcile);

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      const known =
        error instanceof ApiError
          ? error
          : new ApiError(500, "InternalError", `Internal error occurred: ${String(error)}`);
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const retryAfter = known.details?.["retryAfterSeconds"];
      response.writeHead(known.code, {
        "content-type": "application/json",
        ...(retryAfter !== undefined && { "retry-after": JSON.stringify(retryAfter) }),
      });
      response.end(JSON.stringify(known.toStatus()));
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (host !== "127.0.0.1" && host !== "localhost")
      throw new ApiError(403, "Forbidden", "this server answers on 127.0.0.1 only");
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/livez" || url.pathname === "/readyz" || url.pathname === "/healthz") {
      response.end("ok");
      return;
    }
    const user = authenticate(request, token, roles);
    const discovered = request.method === "GET" ? discover(url.pathname) : undefined;
    if (discovered !== undefined) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(discovered));
      return;
    }
    const body = await readBody(request);
    if (url.pathname === "/_control/faults" && request.method === "POST") {
      faults.add(JSON.parse(body) as ClusterFault);
      response.end('{"ok":true}');
      return;
    }
    await handleRequest(context, user, request, body, url, response);
    if (request.method !== "GET") reconcile();
  }

  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(options.port, "127.0.0.1", done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const kubeconfig = kubeconfigOf(url, token);
  const kubeconfigPath = options.dataDir === undefined ? undefined : join(options.dataDir, "kubeconfig");
  if (kubeconfigPath !== undefined) writeFileSync(kubeconfigPath, kubeconfig, { mode: 0o600 });
  return {
    url,
    kubeconfig,
    kubeconfigPath,
    control: {
      addFault: (fault) => faults.add(fault),
      clearFaults: () => faults.clear(),
      cutWatches: () => watches.forEach((cut) => cut()),
    },
    async close() {
      stopTicking();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The bearer token is the administrator; whoever may impersonate acts as the named user and groups alone. */
function authenticate(request: IncomingMessage, token: string, roles: readonly ClusterRole[]): UserInfo {
  const given = Buffer.from((request.headers.authorization ?? "").replace(/^Bearer /, ""));
  const wanted = Buffer.from(token);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new ApiError(401, "Unauthorized", "Unauthorized");
  const admin: UserInfo = { username: "jibsa-bot", groups: ["system:masters", "system:authenticated"] };
  const user = request.headers["impersonate-user"];
  if (user === undefined) return admin;
  if (!isAllowed(roles, admin, { verb: "impersonate", group: "", resource: "users", namespace: undefined }))
    throw new ApiError(
      403,
      "Forbidden",
      `users "${String(user)}" is forbidden: User "${admin.username}" cannot impersonate`,
    );
  // Node joins repeated headers of this kind with ", ".
  const groups = String(request.headers["impersonate-group"] ?? "")
    .split(", ")
    .filter((group) => group !== "");
  return { username: String(user), groups: [...groups, "system:authenticated"] };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_LIMIT_BYTES)
      throw new ApiError(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readToken(dataDir: string | undefined): string {
  if (dataDir === undefined) return randomBytes(24).toString("hex");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "token");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

function kubeconfigOf(server: string, token: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "simulated", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "jibsa-bot", user: { token } }],
    contexts: [
      { name: "simulated", context: { cluster: "simulated", user: "jibsa-bot", namespace: "llm-training" } },
    ],
    "current-context": "simulated",
  });
}
