import { appendFileSync, existsSync, readFileSync } from "node:fs";

/**
 * How long a killed worker's jobs stay locked, for tests of many deaths in a row: JIBSA_CRASH_LOCK_MS. Counts only together
 * with JIBSA_CRASH_AT.
 */
export function crashLockMs(env: NodeJS.ProcessEnv = process.env): number | undefined {
  const lockMs = Number(env["JIBSA_CRASH_LOCK_MS"]);
  return env["JIBSA_CRASH_AT"] === undefined || !(lockMs > 0) ? undefined : lockMs;
}

/**
 * A place where a test kills this process with SIGKILL: when JIBSA_CRASH_AT names it. JIBSA_CRASH_LEDGER is a file
 * that counts the deaths; JIBSA_CRASH_TIMES (default 1) is how many there may be. JIBSA_CRASH_SIGNAL is another signal
 * than SIGKILL: SIGSTOP freezes it there. Does nothing without the variable.
 */
export function crashPoint(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
  kill: (signal: string) => void = (signal) => void process.kill(process.pid, signal),
): void {
  if (env["JIBSA_CRASH_AT"] !== name) return;
  const ledger = env["JIBSA_CRASH_LEDGER"];
  if (ledger !== undefined) {
    const deaths = existsSync(ledger) ? readFileSync(ledger, "utf8").length : 0;
    if (deaths >= Number(env["JIBSA_CRASH_TIMES"] ?? 1)) return;
    appendFileSync(ledger, "x");
  }
  kill(env["JIBSA_CRASH_SIGNAL"] ?? "SIGKILL");
}
