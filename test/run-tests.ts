import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installSystemPackages } from "./install-system-packages.ts";

/** The quick tier: each check, then every test, then one line with the runner's own counts. */
const CHECKS = ["types", "lint", "format:check", "unused"] as const;
const binaries = new URL("../node_modules/.bin/", import.meta.url).pathname;

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.once("error", failed);
    child.once("exit", (code, signal) => done(signal === null ? (code ?? 1) : 1));
  });
}

process.chdir(new URL("..", import.meta.url).pathname);
installSystemPackages((text) => console.log(text));
let failed = 0;
let passed = 0;
let skipped = 0;
for (const check of CHECKS) {
  console.log(`\n== ${check}`);
  if ((await run("npm", ["run", "--silent", check])) === 0) passed += 1;
  else failed += 1;
}

console.log("\n== tests");
const folder = await mkdtemp(join(tmpdir(), "jibsa-report-"));
const report = join(folder, "report.json");
const code = await run(process.execPath, [
  join(binaries, "vitest"),
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
const counts = JSON.parse(await readFile(report, "utf8").catch(() => "{}")) as Record<
  string,
  number | undefined
>;
await rm(folder, { recursive: true });
passed += counts["numPassedTests"] ?? 0;
failed += counts["numFailedTests"] ?? 0;
skipped += (counts["numPendingTests"] ?? 0) + (counts["numTodoTests"] ?? 0);
// A suite that broke before its first test, or a run without any test, has no failed test to count.
if ((code !== 0 || (counts["numTotalTests"] ?? 0) === 0) && (counts["numFailedTests"] ?? 0) === 0)
  failed += 1;

console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
