import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Forms } from "#src/bot/inbound/open-forms.ts";
import { createReceive } from "#src/bot/inbound/receive.ts";
import { openInbox, type Inbox } from "#src/store/open-inbox.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const TIMES = 11;

let postgres: TestPostgres;
let database: OpenStore;
let inbox: Inbox;
let folder: string;
beforeAll(async () => {
  folder = await makeTemporaryFolder("inbox");
  postgres = await startTestPostgres();
  const created = await postgres.createDatabase();
  database = created;
  inbox = openInbox({
    connectionString: created.connectionString,
    journalFile: join(folder, "deliveries.jsonl"),
    onProblem: () => {},
  });
});
afterAll(async () => {
  await inbox.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

const DELIVERIES = [
  {
    what: "a mention",
    body: {
      type: "event_callback",
      event_id: "Ev1",
      event: { type: "app_mention", user: "U1", channel: "C1", text: "<@U00JIBSA> help", ts: "1.1" },
    },
  },
  {
    what: "a command",
    body: { command: "/train", text: "list", user_id: "U1", channel_id: "C1", trigger_id: "T1" },
  },
  {
    what: "a press of a button",
    body: {
      type: "block_actions",
      trigger_id: "T2",
      user: { id: "U1" },
      channel: { id: "C1" },
      actions: [{ action_id: "approval.approve", value: "r1" }],
    },
  },
  {
    what: "a form",
    body: {
      type: "view_submission",
      user: { id: "U1" },
      view: { id: "V1", callback_id: "train-form", private_metadata: "", state: { values: {} } },
    },
  },
];

it.each(DELIVERIES)(
  "$what that comes eleven times at once is kept once, and each is acknowledged",
  async ({ body }) => {
    const rung: string[] = [];
    let acknowledged = 0;
    const receive = createReceive({
      hasAnswered: async () => false,
      noteChange: async () => undefined,
      inbox,
      enqueue: async (_name, payload) => void rung.push(JSON.stringify(payload)),
      forms: formsThatTakeEverything,
      openObject: async () => {},
      logger: pino({ level: "silent" }),
      botUserId: () => "U00JIBSA",
    });
    const before = await kept();

    await Promise.all(
      Array.from({ length: TIMES }, () => receive(body, async () => void (acknowledged += 1))),
    );

    expect(acknowledged).toBe(TIMES);
    expect(rung).toHaveLength(1);
    expect((await kept()) - before).toBe(1);
  },
);

async function kept(): Promise<number> {
  return (await database.store.selectFrom("inbound").select("key").execute()).length;
}

const formsThatTakeEverything: Forms = {
  openFeedbackForm: async () => {},
  openTrainForm: async () => {},
  change: async () => {},
  readSubmission: () => ({
    kind: "filled",
    form: { stage: "sft", parameters: {} },
    metadata: { channel: "C1", locale: "en" },
  }),
};
