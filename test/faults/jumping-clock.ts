import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["/usr/lib", "/usr/local/lib"];

/** Debian's libfaketime, if it is installed: https://github.com/wolfcw/libfaketime */
const LIBRARY = FOLDERS.filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    ["", ...readdirSync(folder)].map((name) => join(folder, name, "faketime", "libfaketimeMT.so.1")),
  )
  .find((path) => existsSync(path));

/** Skipped without it, but never in CI: there the start fails and says so. */
export const skipsClocks = LIBRARY === undefined && process.env["CI"] === undefined;

export interface JumpingClock {
  /** Of the process whose wall clock this is. Its monotonic clock goes on. */
  env: Readonly<Record<string, string>>;
  /** That many seconds apart from the machine's clock, within a second from now. */
  jumpTo(offsetS: number): void;
}

/** A wall clock for one process, right at first. The file tells its offset. */
export function createJumpingClock(file: string): JumpingClock {
  if (LIBRARY === undefined) throw new Error("libfaketime is not there: apt-get install faketime");
  const jumpTo = (offsetS: number): void =>
    writeFileSync(file, `${offsetS < 0 ? "-" : "+"}${Math.abs(offsetS)}`);
  jumpTo(0);
  return {
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    jumpTo,
  };
}
