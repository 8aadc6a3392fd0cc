import { installSystemPackages } from "./install-system-packages.ts";
import { runToEnd, runVitest, sumOf, type Counts } from "./run-vitest.ts";

const CHECKS = ["types", "lint", "format:check", "unused"] as const;

/** Each check, then every test that needs nothing but this machine. */
export async function runQuickTier(filters: readonly string[]): Promise<Counts> {
  installSystemPackages((text) => console.log(text));
  const counts: Counts[] = [];
  for (const check of CHECKS) {
    console.log(`\n== ${check}`);
    const isFine = (await runToEnd("npm", ["run", "--silent", check])) === 0;
    counts.push({ passed: isFine ? 1 : 0, failed: isFine ? 0 : 1, skipped: 0 });
  }
  console.log("\n== tests");
  counts.push(await runVitest(filters));
  return sumOf(counts);
}
