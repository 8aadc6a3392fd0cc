import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cleanEnvironment } from "#test/servers/jibsa.ts";
import type { Figure } from "./figure.ts";
import { startBenchJibsa } from "./servers/start-bench-jibsa.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

export const readyFigure: Figure = {
  name: "ready",
  summary: "`up` to ready on a data folder that was used before; beside it the start of a bare `node -e 0`",
  lines: [{ label: "ready, second start", ours: "up", peer: "node", unit: "s", compare: "alone", limit: 10 }],
  async open({ isQuick }) {
    if (isQuick) return { skipped: "it has no smaller count than one start" };
    const folder = await makeTemporaryFolder("bench");
    const dataDir = join(folder, "data");
    const startAndStop = async (): Promise<number> => {
      const startedMs = performance.now();
      const running = await startBenchJibsa({ dataDir });
      const tookMs = performance.now() - startedMs;
      await running.close();
      return tookMs / 1_000;
    };
    const firstS = await startAndStop().catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    console.error(`  ready, first start: ${firstS.toFixed(2)}`);
    return {
      sides: { up: startAndStop, node: startNode },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

async function startNode(): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["-e", "0"], { env: cleanEnvironment(), stdio: "ignore" });
  await new Promise((done) => child.once("exit", done));
  return (performance.now() - startedMs) / 1_000;
}
