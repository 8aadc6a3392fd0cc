import { runFaultsTier } from "./faults/run-faults-tier.ts";
import { buildServers } from "./platform/build/build-servers.ts";
import { runPlatformTier } from "./platform/run-platform-tier.ts";
import { runQuickTier } from "./run-quick-tier.ts";
import { sumOf, type Counts } from "./run-vitest.ts";

/** The part of the faults tier that is always run; the rest takes as long again. */
const FAULTS_OF_ALL = ["random-kills", "taken-again", "api-server"];

/** One tier or all of them; the last line has the runners' own counts. */
async function run(args: readonly string[]): Promise<Counts> {
  const [tier, ...filters] = args;
  if (tier === "platform") return runPlatformTier(filters);
  if (tier === "faults") return runFaultsTier(filters);
  if (tier !== "all") return runQuickTier(args);
  // What it takes minutes to build the first time is built with what the quick tier leaves of the processor.
  const building = buildServers({ inBackground: true, log: () => {} });
  const quick = await runQuickTier(filters);
  const platform = await runPlatformTier(filters, building);
  // Who names files wants these alone.
  if (filters.length > 0) return sumOf([quick, platform]);
  return sumOf([quick, platform, await runFaultsTier(FAULTS_OF_ALL)]);
}

process.chdir(new URL("..", import.meta.url).pathname);
const { passed, failed, skipped } = await run(process.argv.slice(2));
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
