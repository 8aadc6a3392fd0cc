import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../build/hold-lock.ts";
import type { PlatformCache } from "../build/platform-cache.ts";
import type { ControllerContext, StartController } from "../controllers/controller-context.ts";
import { startArgoWorkflows } from "../controllers/start-argo-workflows.ts";
import { startJobSet } from "../controllers/start-jobset.ts";
import { startKubeRay } from "../controllers/start-kuberay.ts";
import { startKueue } from "../controllers/start-kueue.ts";
import { startTrainer } from "../controllers/start-trainer.ts";
import { startTrainingOperator } from "../controllers/start-training-operator.ts";
import { startKwok } from "../kwok/start-kwok.ts";
import type { PlatformAccess } from "../platform-access.ts";
import { freePorts } from "./free-ports.ts";
import { writeServerFiles } from "./server-files.ts";
import { startControlPlane, type Start } from "./start-control-plane.ts";
import { startProcess, type RunningProcess } from "./start-process.ts";

export interface RunningPlatform {
  /** What the tests need to know, as a file. */
  accessFile: string;
  /** For kubectl. */
  adminKubeconfig: string;
  auditLog: string;
  close(): Promise<void>;
}

/** Everything, once, on loopback. What it needs of the disk is in one folder of the cache, which goes with it. */
export async function startPlatform(
  cache: PlatformCache,
  log: (text: string) => void,
  /** Default true: nodes, and the controllers of every platform. Without them objects stay as they are written. */
  { withControllers = true }: { withControllers?: boolean } = {},
): Promise<RunningPlatform> {
  removeLeftOvers(cache.runs);
  const folder = join(cache.runs, String(process.pid));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = writeServerFiles(folder);
  const running: RunningProcess[] = [];
  const start: Start = (options) => {
    const started = startProcess({ ...options, logFile: files.logFile(options.name) });
    running.push(started);
    return started;
  };
  const removeFolder = (): void =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  // Broken off at any moment, also while it is still starting.
  const endAtOnce = (): void => {
    for (const server of running) server.kill();
    removeFolder();
  };
  process.once("exit", endAtOnce);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      for (const server of running.toReversed()) await server.end();
      removeFolder();
      process.off("exit", endAtOnce);
    })());

  try {
    const timed = async (what: string, starting: Promise<void>) => {
      const startedAtMs = Date.now();
      await starting;
      log(`${what} ready after ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s`);
    };
    const [etcd = 0, etcdPeer = 0, api = 0, controllerManager = 0, scheduler = 0, kubelet = 0] =
      await freePorts(6);
    const startedAtMs = Date.now();
    const controlPlane = await startControlPlane({
      cache,
      files,
      start,
      ports: { etcd, etcdPeer, api, controllerManager, scheduler },
    });
    log(`control plane ready after ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s`);
    const context: ControllerContext = { cache, files, start, controlPlane };
    const startOne = (name: string, controller: StartController) => timed(name, controller(context));
    if (withControllers) {
      await Promise.all([
        timed("nodes", startKwok({ ...context, port: kubelet })),
        startOne("KubeRay", startKubeRay),
        startOne("Training Operator", startTrainingOperator),
        startOne("Argo Workflows", startArgoWorkflows),
        startOne("JobSet", startJobSet).then(() => startOne("Trainer", startTrainer)),
      ]);
      await startOne("Kueue", startKueue);
    }
    const access: PlatformAccess = {
      admin: controlPlane.admin.access,
      privateKey: files.privateKey,
      auditLog: controlPlane.auditLog,
      podLogs: files.path("pods"),
      katib: cache.manifests("katib"),
    };
    const { adminKubeconfig, auditLog } = controlPlane;
    return { accessFile: files.write("access.json", access), adminKubeconfig, auditLog, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of runs whose process is gone: their servers went with it, their folders did not. */
function removeLeftOvers(runs: string): void {
  mkdirSync(runs, { recursive: true });
  for (const name of readdirSync(runs))
    if (!isAlive(Number(name))) rmSync(join(runs, name), { recursive: true, force: true });
}
