import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_AGAIN_MS = 1_000;

/** Waits until no other living process holds the file, then holds it. Returns how to let go. */
export async function holdLock(file: string, onWait: (pid: number) => void): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  for (;;) {
    try {
      const handle = openSync(file, "wx");
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const pid = holderOf(file);
    // An empty file was made a moment ago, or its writer died right then: looked at once more.
    if (pid !== undefined && !isAlive(pid)) rmSync(file, { force: true });
    else {
      if (pid !== undefined && !told) onWait(pid);
      told = pid !== undefined;
      await sleep(LOOK_AGAIN_MS);
      if (pid === undefined && holderOf(file) === undefined) rmSync(file, { force: true });
    }
  }
}

function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** One that has ended and was not fetched by its parent is not. */
export function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
    return state !== "Z";
  } catch {
    return false;
  }
}
