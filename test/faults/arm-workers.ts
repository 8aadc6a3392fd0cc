import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FaultWorld } from "./fault-world.ts";

/** Points in a worker's way, ARCHITECTURE.md. */
export const WORKER_POINTS = ["CP4", "CP5", "CP6", "CP7", "CP8", "CP9"] as const;

export interface ArmedWorkers {
  /** The next worker that comes to the point gets the signal there, once. */
  arm(): void;
  close(): void;
}

/** Starts all workers again with a crash point in their way, which does nothing until it is armed. */
export async function armWorkers(
  world: FaultWorld,
  point: (typeof WORKER_POINTS)[number],
  signal: "SIGKILL" | "SIGSTOP",
): Promise<ArmedWorkers> {
  const folder = mkdtempSync(join(tmpdir(), "jibsa-armed-"));
  const ledger = join(folder, "ledger");
  // One letter is one signal, and one is all there may be.
  writeFileSync(ledger, "x");
  await Promise.all(
    world.workers.map((worker) =>
      worker.restart({ JIBSA_CRASH_AT: point, JIBSA_CRASH_LEDGER: ledger, JIBSA_CRASH_SIGNAL: signal }),
    ),
  );
  return {
    arm: () => writeFileSync(ledger, ""),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
