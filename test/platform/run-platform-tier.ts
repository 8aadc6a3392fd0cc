import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { runVitest, sumOf, type Counts } from "#test/run-vitest.ts";
import { isImpersonated, readChangesByBot } from "./audit-log.ts";
import { buildServers, type BuildOutcome } from "./build/build-servers.ts";
import { ACCESS_VARIABLE } from "./platform-access.ts";
import { startPlatform, type RunningPlatform } from "./servers/start-platform.ts";

const CONFIG = join(import.meta.dirname, "vitest.config.ts");
/** Starts the servers and no test, until Ctrl-C: for whoever writes one. */
const STAY = "--stay";

/** Builds (or joins the build that was begun earlier), starts everything once, runs the tests, ends everything. */
export async function runPlatformTier(
  args: readonly string[],
  building: Promise<BuildOutcome> = buildServers({ inBackground: false, log: say }),
): Promise<Counts> {
  say("\n== platform");
  const built = await building;
  if (built.kind === "not-here" && process.env["CI"] === undefined) {
    say(`the platform tier is skipped: ${built.why}`);
    // Names that match nothing: the runner skips every test, and counts them.
    return runVitest(["--config", CONFIG, "--testNamePattern", "(?!)", ...args]);
  }
  if (built.kind !== "ready") {
    say(`the platform tier fails: ${built.why}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (built.built > 0) say(`${built.built} servers built in ${built.seconds} s: ${built.cache.folder}`);

  let tests: ChildProcess | undefined;
  let platform: RunningPlatform | undefined;
  const breakOff = (signal: NodeJS.Signals): void => {
    tests?.kill(signal);
    // While it is still starting, the servers end with this process.
    void Promise.resolve(platform?.close()).finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
  };
  process.once("SIGINT", breakOff).once("SIGTERM", breakOff);
  try {
    platform = await startPlatform(built.cache, say);
    const environment = { [ACCESS_VARIABLE]: platform.accessFile };
    if (args.includes(STAY)) await stay(platform);
    const counts = await runVitest(["--config", CONFIG, ...args], {
      environment,
      onStart: (child) => (tests = child),
    });
    return sumOf([counts, judgeChanges(platform.auditLog)]);
  } catch (error) {
    say(`the platform tier fails: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    process.off("SIGINT", breakOff).off("SIGTERM", breakOff);
    await platform?.close();
  }
}

/** Of all tests together, by what the API server wrote down: nothing was changed as Jibsa's own account. One check more. */
function judgeChanges(auditLog: string): Counts {
  const changes = readChangesByBot(auditLog);
  const own = changes.filter((change) => !isImpersonated(change));
  say(`${changes.length} changes asked for as people, ${own.length} as Jibsa's own account`);
  for (const { verb, requestURI } of own) say(`  ${verb} ${requestURI}`);
  return { passed: own.length === 0 ? 1 : 0, failed: own.length === 0 ? 0 : 1, skipped: 0 };
}

async function stay({ accessFile, adminKubeconfig }: RunningPlatform): Promise<never> {
  say(`the servers run until Ctrl-C; meanwhile, in another terminal,
  their tests: ${ACCESS_VARIABLE}=${accessFile} npx vitest run --config test/platform/vitest.config.ts [FILTER…]
  kubectl:     KUBECONFIG=${adminKubeconfig}`);
  for (;;) await new Promise((done) => setTimeout(done, 3_600_000));
}

function say(text: string): void {
  console.log(text);
}
