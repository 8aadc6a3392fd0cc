import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";
import { askForTraining, expectDoneOnce, start, toldTheEnd } from "./training-requests.ts";
import { startWorld, type World } from "./world.ts";

let postgres: TestPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await startWorld({ database: await postgres.createDatabase() });
  await world.startBot();
});
afterEach(() => world.close());

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

    await expectDoneOnce(world, [request.requestId]);
  });

  it("of Slack's chat.postMessage, for each message of a request: each stands there once", async () => {
    const request = await askForTraining(world);
    await slackFault({ method: "chat.postMessage", kind: "lose-answer", times: 2 });

    await start(world, request);
    await toldTheEnd(world, request.requestId);

    await expectDoneOnce(world, [request.requestId]);
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
    await world.slack.waitFor("sora", "general", ({ text }) => text.includes("No runs"), { threadTs });
    const replies = await world.slack.messages("sora", "general", threadTs);
    expect(replies.filter(({ bot_id: bot }) => bot !== undefined)).toHaveLength(2);
  });
});

describe("Slack in trouble", () => {
  it("says 429: nothing is sent before its Retry-After is over", async () => {
    const retryAfterS = 3;
    const request = await askForTraining(world);
    await slackFault({ method: "chat.postMessage", kind: "rate-limit", retryAfterS, times: 1 });

    await start(world, request);
    await toldTheEnd(world, request.requestId);

    const [refused, next] = await calls("chat.postMessage");
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(retryAfterS * 1_000);
    await expectDoneOnce(world, [request.requestId]);
  });

  it("is down while runs start and end: all is told afterwards, in its order", async () => {
    const requests = [await askForTraining(world), await askForTraining(world)];
    await slackFault({ method: "*", kind: "error", status: 503, times: 100_000 });
    for (const request of requests) await start(world, request);
    await waitUntil(
      "the runs to end behind Slack's back",
      async () => {
        const runs = await world.database.store.selectFrom("runs").select("state").execute();
        return runs.length === 2 && runs.every(({ state }) => state === "succeeded");
      },
      60_000,
    );

    await slackFault({ clear: true });
    for (const { requestId } of requests) await toldTheEnd(world, requestId);

    await expectDoneOnce(
      world,
      requests.map(({ requestId }) => requestId),
    );
    const { rows } = await world.database.pool.query<{ id: string; sent_at: Date }>(
      "select id, sent_at from outbox order by sent_at, id",
    );
    const ids = rows.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it("is down while somebody asks: the question is answered afterwards", async () => {
    await slackFault({ method: "*", kind: "error", status: 503, times: 100_000 });
    const askedAtMs = Date.now();
    const threadTs = await world.slack.say("sora", "general", "@jibsa help");
    await world.slack.say("sora", "general", "@jibsa train start preprocess");
    await waitUntil("longer than five attempts take", () => Date.now() - askedAtMs > 17_000, 30_000, 500);

    await slackFault({ clear: true });

    await world.slack.waitFor("sora", "general", ({ text }) => text.includes("/train start"), { threadTs });
    await world.slack.waitFor("sora", "general", ({ text }) => text.includes("preview"));
    const replies = await world.slack.messages("sora", "general", threadTs);
    expect(replies.filter(({ bot_id: bot }) => bot !== undefined)).toHaveLength(1);
  }, 60_000);
});
