import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export type FoundGo = { kind: "found"; version: string } | { kind: "unusable"; why: string };

/** The first of these commands that this machine lacks: what the servers are started with besides Go. */
export function missingCommand(commands: readonly string[] = ["setpriv", "unshare"]): string | undefined {
  return commands.find((command) => spawnSync(command, ["--version"], { stdio: "ignore" }).status !== 0);
}

/** Whether a Go that is new enough for the modules is on the PATH; otherwise one line that says why not. */
export function findGo(goModFiles: readonly string[]): FoundGo {
  const needed = goModFiles
    .map((file) => neededVersion(readFileSync(file, "utf8")))
    .toSorted(compareVersions);
  const newest = needed.at(-1) ?? "0";
  const asked = spawnSync("go", ["env", "GOVERSION"], {
    encoding: "utf8",
    // No other toolchain is fetched behind our back.
    env: { ...process.env, GOTOOLCHAIN: "local", GOWORK: "off" },
    cwd: "/",
  });
  if (asked.status !== 0)
    return {
      kind: "unusable",
      why: `Go ${newest} or newer builds its servers, and there is no go on the PATH`,
    };
  const version = asked.stdout.trim().replace(/^go/, "");
  return compareVersions(version, newest) < 0
    ? {
        kind: "unusable",
        why: `Go ${newest} or newer builds its servers, and the one on the PATH is ${version}`,
      }
    : { kind: "found", version };
}

/** The line `go 1.26.8` of a go.mod. */
export function neededVersion(goMod: string): string {
  return /^go (\S+)$/m.exec(goMod)?.[1] ?? "0";
}

/** By their numbers; what stands behind them ("rc1", "-X:…") does not count. */
export function compareVersions(left: string, right: string): number {
  const numbersOf = (version: string) => (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
  const [a, b] = [numbersOf(left), numbersOf(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
