import { afterAll, beforeAll, describe, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";
import { askForTraining, CHANNELS, expectDoneOnce, start, toldTheEnd } from "./training-requests.ts";
import { startWorld, type World } from "./world.ts";

/** Deaths at each point. Each costs a start of the bot; JIBSA_CRASH_ROUNDS asks for fewer or more. */
const ROUNDS = Number(process.env["JIBSA_CRASH_ROUNDS"] ?? 10);

/** One process after the other dies at these points, in this order. */
const STRETCHES = [
  {
    points: ["CP1", "CP2", "CP3"],
    where: "before a delivery is stored, before it is acknowledged, before the queue knows",
  },
  {
    points: ["CP4", "CP5", "CP6"],
    where: "when a job is taken, before the object is created, before that is written down",
  },
  {
    points: ["CP7", "CP8", "CP9"],
    where: "before anybody is told, when a message is posted, before its time is written down",
  },
];
/** Deliveries come as events and as presses: here both are tried. */
const POINTS_OF_DELIVERIES = ["CP1", "CP2", "CP3", "CP4"];

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

describe(`killed ${ROUNDS} times at each point, everything is done once and told once`, () => {
  const timeout = 120_000 + ROUNDS * 60_000;
  it.concurrent.for(STRETCHES)(
    "$points.0, $points.1, $points.2: $where",
    { timeout },
    async ({ points }, context) => {
      const world = await startWorld({ database: await postgres.createDatabase() });
      context.onTestFinished(() => world.close());
      const deaths = points.flatMap((at) => Array.from({ length: ROUNDS }, (_, round) => ({ at, round })));
      const requestIds: string[] = [];
      const bot = await world.startBot({ crashAt: (count) => deaths[count]?.at ?? "" });
      context.onTestFailed(() => void process.stderr.write(bot.output().slice(-6_000)));

      const die = async ({ at, round }: { at: string; round: number }): Promise<void> => {
        const atMention = round % 2 === 0 && POINTS_OF_DELIVERIES.includes(at);
        if (atMention) bot.arm();
        const preview = await askForTraining(world, CHANNELS[requestIds.length % CHANNELS.length]);
        if (!atMention) bot.arm();
        requestIds.push(preview.requestId);
        await start(world, preview);
        await bot.diedAndCameBack(requestIds.length);
        if (at === "CP5" && round === 0) await expectTakenAgain(world, preview.requestId);
      };
      for (const death of deaths) await Promise.race([die(death), bot.failed]);
      for (const requestId of requestIds) await toldTheEnd(world, requestId);

      await expectDoneOnce(world, requestIds);
      context.expect(bot.deaths()).toBe(deaths.length);
    },
  );
});

/** With the settings of production: the lock runs out after 8 s, and is looked for every 5 s. */
async function expectTakenAgain(world: World, requestId: string): Promise<void> {
  await waitUntil(
    "the object, 15 s after the process was there again",
    async () => (await world.jobNames()).includes(`preprocess-${requestId}`),
    15_000,
    100,
  );
}
