import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataDir } from "./lock-data-dir.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jibsa-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a data folder", () => {
  it("is one process' at a time", () => {
    const release = lockDataDir(folder);

    expect(() => lockDataDir(folder)).toThrow("is in use by another jibsa");
    release();
    lockDataDir(folder)();
  });

  it("is taken over from a process that was killed, also when its pid was given away again", () => {
    for (const left of ["999999999 1", `${process.pid} 1`, "", "nonsense"]) {
      writeFileSync(join(folder, "jibsa.lock"), left);

      lockDataDir(folder)();
    }
  });
});
