import { join } from "node:path";
import { installSystemPackages } from "#test/install-system-packages.ts";
import { runVitest, type Counts } from "#test/run-vitest.ts";

const CONFIG = join(import.meta.dirname, "vitest.config.ts");

/** Bots that are killed, frozen and misled while people train; `--long` asks for many more faults. The seed is printed. */
export function runFaultsTier(args: readonly string[]): Promise<Counts> {
  say("\n== faults");
  installSystemPackages(say);
  const seed = process.env["JIBSA_FAULT_SEED"] ?? String(Date.now() % 2 ** 31);
  const isLong = args.includes("--long");
  say(`play a failure again with: JIBSA_FAULT_SEED=${seed} ./jibsa test faults${isLong ? " --long" : ""}`);
  return runVitest(["--config", CONFIG, ...args.filter((word) => word !== "--long")], {
    environment: { JIBSA_FAULT_SEED: seed, ...(isLong && { JIBSA_FAULT_LONG: "1" }) },
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
