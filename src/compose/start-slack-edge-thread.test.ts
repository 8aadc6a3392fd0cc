import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { startSlackEdgeThread } from "./start-slack-edge-thread.ts";

let folder: string;
beforeAll(async () => {
  folder = await makeTemporaryFolder("edge");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("a Slack role that cannot start says so instead of being waited for", async () => {
  const postgresUrl = "postgres://jibsa:none@127.0.0.1:1/jibsa";
  const settings = {
    postgresUrl,
    journalFile: join(folder, "deliveries.jsonl"),
    queue: { kind: "postgres" as const, connectionString: postgresUrl },
    connection: { botToken: "xoxb-none", apiUrl: "http://127.0.0.1:1/api/" },
    transport: { kind: "socket" as const, appToken: "xapp-none" },
    stages: [],
    policy: { roles: [], rules: [], approvals: [] },
    logLevel: "silent",
  };

  await expect(startSlackEdgeThread(settings, pino({ level: "silent" }), () => {})).rejects.toThrow(
    "ECONNREFUSED",
  );
});
