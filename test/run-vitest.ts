import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const binaries = new URL("../node_modules/.bin/", import.meta.url).pathname;

/** The runner's own counts. */
export async function runVitest(
  args: readonly string[],
  options: { environment?: NodeJS.ProcessEnv; onStart?: (child: ChildProcess) => void } = {},
): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), "jibsa-report-"));
  const report = join(folder, "report.json");
  const code = await runToEnd(
    process.execPath,
    [
      join(binaries, "vitest"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...args,
    ],
    options,
  );
  const counts = JSON.parse(await readFile(report, "utf8").catch(() => "{}")) as Record<
    string,
    number | undefined
  >;
  await rm(folder, { recursive: true });
  const failed = counts["numFailedTests"] ?? 0;
  // A suite that broke before its first test, or a run without any test, has no failed test to count.
  const isBroken = (code !== 0 || (counts["numTotalTests"] ?? 0) === 0) && failed === 0;
  return {
    passed: counts["numPassedTests"] ?? 0,
    failed: isBroken ? 1 : failed,
    skipped: (counts["numPendingTests"] ?? 0) + (counts["numTodoTests"] ?? 0),
  };
}

/** Gives the exit code; 1 for a signal. */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: { environment?: NodeJS.ProcessEnv; onStart?: (child: ChildProcess) => void } = {},
): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...options.environment } });
    options.onStart?.(child);
    child.once("error", failed);
    child.once("exit", (code, signal) => done(signal === null ? (code ?? 1) : 1));
  });
}

export function sumOf(all: readonly Counts[]): Counts {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}
