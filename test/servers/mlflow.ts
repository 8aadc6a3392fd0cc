import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "#test/servers/jibsa.ts";
import { freePort } from "#test/servers/free-port.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";
import type { MlflowServer } from "./mlflow-stand-in.ts";

const VERSION = "3.4.0";
/** MLflow takes newer ones and does not start with them. */
const PACKAGES = [`mlflow==${VERSION}`, "sqlalchemy==2.0.44"];
const run = promisify(execFile);

/** A real MLflow on 127.0.0.1. Its environment, 850 MB, is made once for each machine. */
export async function startMlflow(): Promise<MlflowServer> {
  const environment = join(cacheDir(), `mlflow-${VERSION}`);
  if (!existsSync(join(environment, "bin/mlflow"))) {
    await mkdir(cacheDir(), { recursive: true });
    await run("python3", ["-m", "venv", environment]);
    await run(join(environment, "bin/pip"), ["install", "--quiet", ...PACKAGES], {
      timeout: 900_000,
    });
  }
  const folder = await makeTemporaryFolder("mlflow");
  const port = await freePort();
  const output: string[] = [];
  const child = spawn(
    // It dies with us, also by kill -9, and its workers with it.
    "setpriv",
    [
      "--pdeathsig KILL -- unshare",
      ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
      `--pid --fork --mount-proc --kill-child ${join(environment, "bin/python")} -m mlflow server`,
      `--host 127.0.0.1 --port ${port} --workers 1`,
      `--backend-store-uri sqlite:///${join(folder, "mlflow.db")}`,
      `--default-artifact-root ${join(folder, "artifacts")}`,
    ].flatMap((words) => words.split(" ")),
    {
      cwd: folder,
      env: {
        PATH: `${join(environment, "bin")}:${process.env["PATH"]}`,
        HOME: folder,
        MLFLOW_DISABLE_TELEMETRY: "true",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => output.push(data.toString()));
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    if (child.exitCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const call = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`MLflow: ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  };
  try {
    await waitUntil(
      "MLflow",
      async () => {
        if (child.exitCode !== null) throw new Error(`MLflow ended: ${output.join("").slice(-2_000)}`);
        return (await fetch(`${url}/health`).catch(() => undefined))?.ok;
      },
      120_000,
      200,
    );
  } catch (error) {
    await close();
    throw error;
  }
  const experiments = new Map<string, string>();
  return {
    url,
    async log({ experiment, name, tags = {}, metrics }) {
      const id =
        experiments.get(experiment) ??
        (await call<{ experiment_id: string }>("experiments/create", { name: experiment })).experiment_id;
      experiments.set(experiment, id);
      const created = await call<{ run: { info: { run_id: string } } }>("runs/create", {
        experiment_id: id,
        run_name: name,
        start_time: Date.now(),
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      });
      await call<object>("runs/log-batch", {
        run_id: created.run.info.run_id,
        metrics: Object.entries(metrics).flatMap(([key, points]) =>
          points.map((point) => ({
            key,
            ...point,
            value: Number.isFinite(point.value) ? point.value : String(point.value),
          })),
        ),
      });
    },
    close,
  };
}
