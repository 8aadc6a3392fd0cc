import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { PrometheusServer } from "#test/contracts/prometheus-contract.ts";
import { cacheDir } from "#test/servers/jibsa.ts";
import { freePort } from "#test/servers/free-port.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

/**
 * The distribution's Prometheus: its package is unpacked and not installed, because installed it would run as a service on all
 * interfaces. Undefined where apt does not provide it.
 */
export function findPrometheus(): string | undefined {
  const folder = join(cacheDir(), "prometheus");
  const command = join(folder, "usr/bin/prometheus");
  const runs = (): boolean => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
  if (runs()) return command;
  mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, stdio: "ignore", timeout: 120_000 } as const;
  spawnSync("apt-get", ["-qq", "download", "prometheus"], options);
  const archive = readdirSync(folder).find((name) => name.endsWith(".deb"));
  if (archive !== undefined) spawnSync("dpkg", ["-x", archive, "."], options);
  return runs() ? command : undefined;
}

/** A Prometheus on 127.0.0.1, which scrapes an exporter that prints these metrics. */
export async function startPrometheus(command: string, metrics: string): Promise<PrometheusServer> {
  const exporter = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(metrics),
  );
  await new Promise<void>((done) => exporter.listen(0, "127.0.0.1", done));
  const folder = await makeTemporaryFolder("prometheus");
  const port = await freePort();
  const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
  await writeFile(
    join(folder, "prometheus.yml"),
    JSON.stringify({
      global: { scrape_interval: "1s" },
      scrape_configs: [{ job_name: "dcgm", static_configs: [{ targets: [target] }] }],
    }),
  );
  const child = spawn(
    // It dies with us, also by kill -9.
    "setpriv",
    [
      "--pdeathsig=KILL",
      command,
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const output: string[] = [];
  child.stderr.on("data", (data: Buffer) => output.push(data.toString()));
  const close = async (): Promise<void> => {
    exporter.close().closeAllConnections();
    if (child.exitCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const lastName = [...metrics.matchAll(/^(\w+)\{/gm)].at(-1)?.[1] ?? "up";
  try {
    await waitUntil(
      "Prometheus has scraped",
      async () => {
        if (child.exitCode !== null) throw new Error(`Prometheus ended: ${output.join("").slice(-2_000)}`);
        // More than once: a question is about a full second that has passed.
        const query = encodeURIComponent(`count_over_time(${lastName}[1m]) > 2`);
        const answer = await fetch(`${url}/api/v1/query?query=${query}`).catch(() => undefined);
        const { data } = ((await answer?.json().catch(() => undefined)) ?? {}) as {
          data?: { result: unknown[] };
        };
        return (data?.result.length ?? 0) > 0;
      },
      60_000,
      200,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}
