import type { ChildProcess } from "node:child_process";

/** A measurement that is broken off leaves no process: what still runs is asked to end when this one does. */
export function endWithUs(child: ChildProcess): void {
  const end = (): void => void child.kill("SIGTERM");
  process.on("exit", end);
  child.once("exit", () => process.off("exit", end));
}
