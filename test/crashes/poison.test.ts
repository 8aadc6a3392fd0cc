import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
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
});
afterEach(() => world.close());

const TIMEOUT_MS = 120_000;

it(
  "gives a request up that kills the worker five times, tells its asker, and goes on with the others",
  async () => {
    const bot = await world.startBot({
      crashAt: () => "CP5",
      crashTimes: 50,
      env: { JIBSA_CRASH_LOCK_MS: "500" },
    });
    const poison = await askForTraining(world);
    bot.arm();
    await start(world, poison);

    const card = await world.slack.waitFor(
      "sora",
      "llm-training",
      (message) => message.is_ephemeral !== true && message.text.includes("given up"),
      { timeoutMs: 90_000 },
    );
    const reply = await world.slack.waitFor("sora", "llm-training", ({ text }) => text.includes("given up"), {
      threadTs: card.ts,
    });

    expect(bot.deaths()).toBe(5);
    expect(reply.text).toContain("<@U03OPERATOR>");
    expect(reply.text).toContain(`Give this id to your MLOps lead: \`${poison.requestId}\``);
    expect(await world.jobNames()).toEqual([]);
    bot.disarm();
    const other = await askForTraining(world);
    await start(world, other);
    await toldTheEnd(world, other.requestId);
    expect(await world.jobNames()).toEqual([`preprocess-${other.requestId}`]);
  },
  TIMEOUT_MS,
);

it(
  "ends within 25 s of SIGTERM while busy, and the next process finishes everything once",
  async () => {
    const requests = 4;
    const bot = await world.startBot();
    const previews = [];
    for (let index = 0; index < requests; index += 1) previews.push(await askForTraining(world));
    await Promise.all(previews.map((preview) => start(world, preview)));
    const askedAtMs = Date.now();

    const how = await bot.stop();

    expect(how).toBe(0);
    expect(Date.now() - askedAtMs).toBeLessThan(25_000);
    const { rows: locked } = await world.database.pool.query(
      "select job_key from job_starts where job_key not like 'index-source%'",
    );
    expect(locked).toEqual([]);
    await world.startBot();
    for (const { requestId } of previews) await toldTheEnd(world, requestId);
    await waitUntil("all jobs", async () => (await world.jobNames()).length === requests);
    await expectDoneOnce(
      world,
      previews.map(({ requestId }) => requestId),
    );
  },
  TIMEOUT_MS,
);
