import { mkdirSync, openSync, readFileSync, rmSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";

/** A second `up` on a folder, or a folder that cannot be written. */
export class DataDirError extends Error {
  override name = "DataDirError";
}

/** Takes the folder for this process. A lock whose process is gone is taken over. Returns how to let go. */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "jibsa.lock");
  const mine = `${process.pid} ${startOf(process.pid) ?? ""}`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const handle = openSync(file, "wx", 0o600);
      writeSync(handle, mine);
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [pid = "", ...start] = readFileSync(file, "utf8").split(" ");
    if (Number(pid) > 0 && startOf(Number(pid)) !== undefined && startOf(Number(pid)) === start.join(" "))
      throw new DataDirError(
        `${dataDir} is in use by another jibsa (pid ${pid}): stop that one, or use --data-dir for another folder`,
      );
    rmSync(file, { force: true });
  }
  throw new DataDirError(`${file} cannot be taken: is another jibsa just starting?`);
}

/** When a process began, so that a pid that was given away again is not taken for the old one. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
    return fields?.[19];
  } catch {
    return undefined;
  }
}
