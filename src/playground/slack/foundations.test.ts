import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createFaults } from "./faults.ts";
import { openPersistence } from "./persistence.ts";
import { openSecrets } from "./playground-secrets.ts";
import { createRateLimits } from "./rate-limits.ts";
import { createTraffic, type TrafficEntry } from "./traffic.ts";

const folders: string[] = [];
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), "slack-playground-"));
  folders.push(path);
  return path;
};
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

describe("persistence", () => {
  it("finds again what was written, without a clean end", () => {
    const dataDir = folder();
    const before = openPersistence(dataDir);
    before.map<{ n: number }>("numbers").set("one", { n: 1 });
    before.map<{ n: number }>("numbers").set("one", { n: 2 });
    before.map("numbers").set("gone", { n: 3 });
    before.map("numbers").delete("gone");

    const after = openPersistence(dataDir);
    expect(after.map("numbers").entries()).toEqual([["one", { n: 2 }]]);
    before.close();
    after.close();
  });

  it("drops a torn last line and goes on", () => {
    const dataDir = folder();
    const before = openPersistence(dataDir);
    before.map("numbers").set("one", 1);
    before.close();
    appendFileSync(join(dataDir, "workspace.journal"), '{"map":"numbers","key":"tw');

    const after = openPersistence(dataDir);
    after.map("numbers").set("three", 3);
    after.close();
    const last = openPersistence(dataDir);
    expect(last.map("numbers").entries()).toEqual([
      ["one", 1],
      ["three", 3],
    ]);
    last.close();
  });
});

it("makes the secrets once and keeps them to the owner", () => {
  const dataDir = folder();
  const first = openSecrets(dataDir);
  expect(openSecrets(dataDir)).toEqual(first);
  expect(openSecrets()).not.toEqual(first);
  expect(statSync(join(dataDir, "secrets.json")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(dataDir, "secrets.json"), "utf8")).toContain(first.botToken);
});

it("masks secrets anywhere in the traffic and keeps the last entries", () => {
  const seen: TrafficEntry[] = [];
  const traffic = createTraffic(["s3cret"], (entry) => seen.push(entry), 2);
  const entry = {
    at: 1,
    direction: "from-app",
    kind: "web-api",
    name: "x",
    response: null,
    outcome: "ok",
    durationMs: 1,
  } as const;
  for (const n of [1, 2, 3])
    traffic.record({ ...entry, request: { n, deep: [{ token: "xoxb-1-2", note: "has s3cret inside" }] } });
  expect(traffic.list().map((item) => item.id)).toEqual([2, 3]);
  expect(JSON.stringify(seen)).not.toMatch(/s3cret|xoxb/);
});

describe("faults", () => {
  it("are used up in order", () => {
    const faults = createFaults();
    expect(
      faults.add({ method: "chat.update", kind: "error", times: 2, error: "ratelimited" }),
    ).toBeUndefined();
    expect(faults.add({ event: "app_mention", kind: "duplicate" })).toBeUndefined();
    expect(faults.takeForMethod("chat.postMessage")).toBeUndefined();
    expect(faults.takeForMethod("chat.update")?.error).toBe("ratelimited");
    expect(faults.takeForMethod("chat.update")).toBeDefined();
    expect(faults.takeForMethod("chat.update")).toBeUndefined();
    expect(faults.takeForEvent(["events_api", "app_mention"])?.kind).toBe("duplicate");
    expect(faults.list()).toEqual([]);
  });

  it.each([
    [null],
    [{}],
    [{ method: "x", event: "y", kind: "error" }],
    [{ method: "x", kind: "duplicate" }],
    [{ method: "x", kind: "fire" }],
    [{ event: "x", kind: "error", times: 0 }],
  ])("says what is wrong with %j", (input) => {
    expect(createFaults().add(input)).toMatch(/./);
  });
});

it("lets a minute's worth through at once, then tells how long to wait", () => {
  let now = 0;
  const limits = createRateLimits({ now: () => now, schedule: () => () => undefined });
  for (let call = 0; call < 20; call++) expect(limits.take("chat.startStream", undefined)).toBeUndefined();
  expect(limits.take("chat.startStream", undefined)).toBe(3);
  now = 3_000;
  expect(limits.take("chat.startStream", undefined)).toBeUndefined();
  for (let call = 0; call < 20; call++) expect(limits.take("chat.postMessage", "C1")).toBeUndefined();
  expect(limits.take("chat.postMessage", "C1")).toBe(1);
  expect(limits.take("chat.postMessage", "C2")).toBeUndefined();
});
