import { afterAll, beforeAll, describe, it, type TestContext } from "vitest";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";
import { askForTraining, expectDoneOnce, start, toldTheEnd } from "./training-requests.ts";
import { startWorld, type World } from "./world.ts";

/** Deaths at each point; a run of its own may ask for more. */
const ROUNDS = Number(process.env["JIBSA_CRASH_ROUNDS"] ?? 3);
/** A job is given up after five starts, so at most four deaths may hit the same one before it is waited for. */
const DEATHS_BEFORE_REST = 4;

const POINTS: readonly { at: string; where: string }[] = [
  { at: "CP1", where: "before a delivery is stored" },
  { at: "CP2", where: "after a delivery is stored, before it is acknowledged" },
  { at: "CP3", where: "after the acknowledgement, before the queue knows" },
  { at: "CP4", where: "when a job is taken" },
  { at: "CP5", where: "before the object is created" },
  { at: "CP6", where: "after the object is created, before that is written down" },
  { at: "CP7", where: "after the run is written down" },
  { at: "CP8", where: "after a message is posted, before its answer is read" },
  { at: "CP9", where: "after a message is posted, before its time is written down" },
];

/** Each bot holds two dozen connections, and a server takes a hundred. */
const BOTS_OF_A_SERVER = 3;
let servers: TestPostgres[] = [];
beforeAll(async () => {
  const count = Math.ceil(POINTS.length / BOTS_OF_A_SERVER);
  servers = await Promise.all(Array.from({ length: count }, () => startTestPostgres()));
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

describe(`killed ${ROUNDS} times at each crash point, everything is done once and told once`, () => {
  it.concurrent.for(POINTS)("$at: $where", { timeout: 60_000 + ROUNDS * 20_000 }, async ({ at }, context) => {
    const server = servers[POINTS.findIndex((point) => point.at === at) % servers.length];
    if (server === undefined) throw new Error("no server");
    const world = await startWorld({ database: await server.createDatabase() });
    context.onTestFinished(() => world.close());
    const bot = await world.startBot({ crashAt: at });
    printOnFailure(context, () => bot.output());
    const requestIds: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Deliveries come as events and as presses: the first points are tried with both.
      const atMention = round % 2 === 0 && ["CP1", "CP2", "CP3", "CP4"].includes(at);
      if (atMention) bot.arm();
      const preview = await askForTraining(world);
      if (!atMention) bot.arm();
      await start(world, preview);
      requestIds.push(preview.requestId);
      await bot.diedAndCameBack(round + 1);
      if (at === "CP5" && round === ROUNDS - 1) await expectTakenAgain(world, preview.requestId);
      if ((round + 1) % DEATHS_BEFORE_REST === 0) await toldTheEnd(world, preview.requestId);
    }

    for (const requestId of requestIds) await toldTheEnd(world, requestId);

    await expectDoneOnce(world, requestIds);
    context.expect(bot.deaths()).toBe(ROUNDS);
  });
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

function printOnFailure(context: TestContext, output: () => string): void {
  context.onTestFailed(() => void process.stderr.write(output().slice(-6_000)));
}
