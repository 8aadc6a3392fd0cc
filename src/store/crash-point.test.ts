import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { crashLockMs, crashPoint } from "./crash-point.ts";

it("kills only at the point that is named, and only as often as asked", () => {
  const folder = mkdtempSync(join(tmpdir(), "jibsa-crash-"));
  const env = { JIBSA_CRASH_AT: "CP4", JIBSA_CRASH_LEDGER: join(folder, "ledger"), JIBSA_CRASH_TIMES: "2" };
  let deaths = 0;
  const die = () => {
    deaths += 1;
  };

  crashPoint("CP5", env, die);
  for (let index = 0; index < 5; index += 1) crashPoint("CP4", env, die);
  crashPoint("CP4", {}, die);

  expect(deaths).toBe(2);
  rmSync(folder, { recursive: true });
});

it("freezes instead where that is asked for", () => {
  const signals: string[] = [];

  crashPoint("CP4", { JIBSA_CRASH_AT: "CP4" }, (signal) => signals.push(signal));
  crashPoint("CP4", { JIBSA_CRASH_AT: "CP4", JIBSA_CRASH_SIGNAL: "SIGSTOP" }, (signal) =>
    signals.push(signal),
  );

  expect(signals).toEqual(["SIGKILL", "SIGSTOP"]);
});

it("shortens the lock only where there is a crash point", () => {
  expect(crashLockMs({ JIBSA_CRASH_LOCK_MS: "700" })).toBeUndefined();
  expect(crashLockMs({ JIBSA_CRASH_LOCK_MS: "700", JIBSA_CRASH_AT: "CP4" })).toBe(700);
  expect(crashLockMs({ JIBSA_CRASH_AT: "CP4" })).toBeUndefined();
});
