import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { verifyAudit } from "#src/store/audit.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import type { PlaygroundMessage } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";
import {
  askForTraining,
  expectDoneOnce,
  previewsOf,
  start,
  toldTheEnd,
  valueOf,
} from "./training-requests.ts";
import { startWorld, type World } from "./world.ts";

const TIMES = 11;
const APPROVALS = 50;

let postgres: TestPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await startWorld({
    database: await postgres.createDatabase(),
    rateLimits: false,
    eventRetryDelaysMs: Array.from({ length: TIMES }, () => 0),
  });
});
afterEach(() => world.close());

describe("what Slack delivers again and again has one effect", () => {
  it(`a mention ${TIMES} times`, async () => {
    await world.startBot();
    await world.slack.post("faults", { event: "app_mention", kind: "lose-answer", times: TIMES - 1 });

    await askForTraining(world);
    await waitUntil("all repetitions", async () => (await faultsLeft()) === 0);

    await expectCount("requests", 1);
    await expectCount("inbound", 1);
    expect(await previewsOf(world)).toHaveLength(1);
  });

  it("a command and a press of Start twice each", async () => {
    await world.startBot();
    await world.slack.post("faults", { event: "slash_commands", kind: "duplicate", times: 1 });
    await world.slack.command("sora", "llm-training", "/train", "start preprocess");
    const preview = await waitUntil("the preview", async () => (await previewsOf(world))[0]);
    await world.slack.post("faults", { event: "block_actions", kind: "duplicate", times: 1 });

    await start(world, preview);
    await toldTheEnd(world, preview.requestId);

    expect(await previewsOf(world)).toEqual([]);
    await expectDoneOnce(world, [preview.requestId]);
    await expectCount("inbound", 2);
  });

  async function faultsLeft(): Promise<number> {
    return ((await world.slack.get("faults", {}))["faults"] as unknown[]).length;
  }
});

describe("two processes that share a database", () => {
  it(
    `give ${APPROVALS} requests one effect each, whoever presses what and where`,
    { timeout: 120_000 },
    async () => {
      const random = seededRandom();
      await Promise.all([world.startBot(), world.startBot()]);
      const requestIds = await askForApprovals();
      const accepted = { sora: 0, minji: 0, junho: 0 };

      // The asker, somebody without a say, and an approver who presses twice: in any order, at once, on either process.
      for (const requestId of requestIds) {
        const { ts } = await world.slack.waitFor(
          "junho",
          "llm-training",
          (message) => valueOf(message, "approval.approve") === requestId,
        );
        const clickers = shuffled(["sora", "minji", "junho", "junho"] as const, random);
        await Promise.all(
          clickers.map(async (who) => {
            // Refused by the page where the button has gone meanwhile.
            const answer = await world.slack.post("press", {
              user: who,
              channel: "llm-training",
              ts,
              action_id: "approval.approve",
            });
            if (answer.ok) accepted[who] += 1;
          }),
        );
      }
      await waitUntil("all objects", async () => (await world.jobNames()).length >= APPROVALS, 60_000, 200);
      await nothingLeft();

      expect((await world.jobNames()).toSorted()).toEqual(requestIds.map((id) => `sft-${id}`).toSorted());
      await expectCount("votes", APPROVALS);
      expect(await auditRows("request-approved")).toBe(APPROVALS);
      const clicks = accepted.sora + accepted.minji + accepted.junho;
      expect(await auditRows("vote-refused")).toBe(clicks - APPROVALS);
      expect(await privateAnswers("sora", /You asked for this|Already approved/)).toBe(accepted.sora);
      expect(await privateAnswers("minji", /ml-leads|U02LEAD/)).toBe(accepted.minji);
      expect(await privateAnswers("junho", /U02LEAD/)).toBe(accepted.junho - APPROVALS);
      expect(accepted.sora + accepted.minji).toBeGreaterThan(APPROVALS);
      expect(await verifyAudit(world.database.store)).toMatchObject({ kind: "intact" });
    },
  );

  async function askForApprovals(): Promise<readonly string[]> {
    for (let index = 0; index < APPROVALS; index += 1)
      await world.slack.say("sora", "llm-training", "@jibsa train start sft");
    const asked = await waitUntil(
      "all previews",
      async () => {
        const previews = await previewsOf(world);
        return previews.length === APPROVALS && previews;
      },
      60_000,
      200,
    );
    for (const preview of asked) await start(world, preview);
    return asked.map(({ requestId }) => requestId);
  }

  async function privateAnswers(who: string, text: RegExp): Promise<number> {
    const { messages } = await world.slack.get("messages", {
      user: who,
      channel: "llm-training",
      limit: "1000",
    });
    return (messages as PlaygroundMessage[]).filter(
      (message) => message.is_ephemeral === true && text.test(message.text),
    ).length;
  }
});

async function auditRows(event: string): Promise<number> {
  const rows = await world.database.store
    .selectFrom("audit")
    .select("seq")
    .where("event", "=", event)
    .execute();
  return rows.length;
}

async function expectCount(table: "requests" | "inbound" | "votes", count: number): Promise<void> {
  const { rows } = await world.database.pool.query<{ count: string }>(`select count(*) from ${table}`);
  expect(rows[0]?.count, table).toBe(String(count));
}

async function nothingLeft(): Promise<void> {
  await waitUntil("every click to be handled", async () => {
    const open = await world.database.store
      .selectFrom("inbound")
      .select("key")
      .where("state", "=", "received")
      .execute();
    return open.length === 0;
  });
}

/** mulberry32; its seed is printed, and taken from JIBSA_SEED to play a failure again. */
function seededRandom(): () => number {
  let state = Number(process.env["JIBSA_SEED"] ?? Date.now() % 2 ** 31);
  process.stdout.write(`seed ${state}\n`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
