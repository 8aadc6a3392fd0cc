import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";
import { askForTraining, expectDoneOnce, start, toldTheEnd } from "./training-requests.ts";
import { startWorld, type World } from "./world.ts";

let postgres: TestPostgres;
let world: World;
/** Requests of the stories so far. */
const told: string[] = [];
beforeAll(async () => {
  postgres = await startTestPostgres();
  world = await startWorld({ database: await postgres.createDatabase() });
  await world.startBot();
});
afterEach(() => slackFault({ clear: true }));
afterAll(async () => {
  await world.close();
  await postgres.close();
});

const slackFault = (fault: object) => world.slack.post("faults", fault);

interface Traffic {
  name: string;
  at: number;
  outcome: string | number;
}
async function calls(method: string): Promise<readonly Traffic[]> {
  const { traffic } = await world.slack.get("traffic", {});
  return (traffic as Traffic[]).filter(({ name }) => name === method);
}

describe("an answer that is lost after the work was done", () => {
  it("of the cluster's create: there is one object, and its end is told once", async () => {
    const request = await askForTraining(world);
    world.cluster
      .control()
      .addFault({ kind: "lose-answer", verb: "create", resource: "pytorchjobs", times: 2 });

    await start(world, request);
    await toldTheEnd(world, request.requestId);

    told.push(request.requestId);
    await expectDoneOnce(world, told);
  });

  it("of Slack's chat.postMessage, for each message of a request: each stands there once", async () => {
    const request = await askForTraining(world);
    await slackFault({ method: "chat.postMessage", kind: "lose-answer", times: 2 });

    await start(world, request);
    await toldTheEnd(world, request.requestId);

    told.push(request.requestId);
    await expectDoneOnce(world, told);
  });

  it("of Slack's chat.postMessage, for a reply in a thread: it stands there once", async () => {
    await slackFault({ method: "chat.postMessage", kind: "lose-answer", times: 1 });

    const threadTs = await world.slack.say("sora", "general", "@jibsa help");

    await waitUntil(
      "the answer to be lost",
      async () => {
        const { faults } = await world.slack.get("faults", {});
        return (faults as unknown[]).length === 0;
      },
      30_000,
    );
    await world.slack.say("sora", "general", "@jibsa train list", threadTs);
    await world.slack.waitFor("sora", "general", ({ text }) => text.includes("Runs: "), { threadTs });
    const replies = await world.slack.messages("sora", "general", threadTs);
    expect(replies.filter(({ bot_id: bot }) => bot !== undefined)).toHaveLength(2);
  });
});

describe("Slack in trouble", () => {
  it("says 429: nothing is sent before its Retry-After is over", async () => {
    const retryAfterS = 3;
    const request = await askForTraining(world);
    await slackFault({ method: "chat.postMessage", kind: "rate-limit", retryAfterS, times: 1 });
    const startedAtMs = Date.now();

    await start(world, request);
    await toldTheEnd(world, request.requestId);

    const [refused, next] = (await calls("chat.postMessage")).filter(({ at }) => at >= startedAtMs);
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(retryAfterS * 1_000);
    told.push(request.requestId);
    await expectDoneOnce(world, told);
  });

  it(
    "is down while runs end and somebody asks: all is told afterwards, in its order",
    { timeout: 90_000 },
    async () => {
      const requests = [await askForTraining(world), await askForTraining(world)];
      await slackFault({ method: "*", kind: "error", status: 503, times: 100_000 });
      const downAtMs = Date.now();
      const threadTs = await world.slack.say("sora", "general", "@jibsa help");
      for (const request of requests) await start(world, request);
      const runs = world.database.store
        .selectFrom("runs")
        .select("id")
        .where("state", "=", "succeeded")
        .where(
          "id",
          "in",
          requests.map(({ requestId }) => requestId),
        );
      await waitUntil(
        "both runs to end behind Slack's back",
        async () => (await runs.execute()).length === 2,
        60_000,
      );
      await waitUntil(
        "five attempts, if it made attempts",
        () => Date.now() - downAtMs > 16_000,
        30_000,
        200,
      );

      await slackFault({ clear: true });
      for (const { requestId } of requests) await toldTheEnd(world, requestId);
      await world.slack.waitFor("sora", "general", ({ text }) => text.includes("/train start"), { threadTs });

      told.push(...requests.map(({ requestId }) => requestId));
      await expectDoneOnce(world, told);
      const replies = await world.slack.messages("sora", "general", threadTs);
      expect(replies.filter(({ bot_id: bot }) => bot !== undefined)).toHaveLength(1);
      // An edit that a newer one had overtaken was never sent.
      const { rows } = await world.database.pool.query<{ id: string }>(
        "select id from outbox where channel = $1 and attempts > 0 order by sent_at, id",
        ["C02TRAINING"],
      );
      const ids = rows.map(({ id }) => Number(id));
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    },
  );
});
