import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { waitUntil } from "#test/wait-until.ts";
import { armWorkers, WORKER_POINTS } from "./arm-workers.ts";
import type { BotProcess } from "./bot-process.ts";
import { IS_LONG } from "./fault-seed.ts";
import { openScenario, report } from "./scenario.ts";

const FROZEN_MS = Number(process.env["JIBSA_FAULT_FROZEN_MS"] ?? (IS_LONG ? 60_000 : 20_000));
const RANDOM_FREEZES = IS_LONG ? 30 : 5;
const CONVERSATIONS = 3;
/** What a worker that wakes up still does is done by then. */
const LATE_WORK_MS = 10_000;

it(
  `a worker that freezes for ${FROZEN_MS / 1_000} s in the middle of its work does nothing a second time`,
  { timeout: 120_000 + WORKER_POINTS.length * (FROZEN_MS + 60_000) },
  async (context) => {
    const { world, people, expectRight } = await openScenario("frozen-at-a-point", context);
    let frozenFor = 0;

    for (const point of WORKER_POINTS) {
      const armed = await armWorkers(world, point, "SIGSTOP");
      armed.arm();
      const trained = people.train();
      const frozen = await waitUntil(
        `a worker to freeze at ${point}`,
        () => world.workers.find((worker) => worker.isFrozen()),
        30_000,
        5,
      );
      const frozenAtMs = Date.now();
      await trained;
      frozenFor = Math.max(frozenFor, Date.now() - frozenAtMs);
      await sleep(Math.max(0, frozenAtMs + FROZEN_MS - Date.now()));
      frozen.resume();
      armed.close();
    }
    const { doubled, lines } = await expectRight();

    report(
      `frozen at a point: ${WORKER_POINTS.length} freezes of ${FROZEN_MS / 1_000} s, ${doubled} of ${lines} lines doubled, ` +
        `the other worker had told the end after at most ${(frozenFor / 1_000).toFixed(1)} s`,
    );
  },
);

it(
  "a worker that freezes before it creates, and wakes up when the run is over and deleted, leaves no second one behind",
  { timeout: 180_000 },
  async (context) => {
    const { world, people } = await openScenario("frozen-and-deleted", context);
    const armed = await armWorkers(world, "CP5", "SIGSTOP");
    context.onTestFinished(() => armed.close());
    armed.arm();
    await people.train();
    const [name = ""] = (await world.jobs()).map((job) => job.metadata.name);
    const frozen = world.workers.find((worker) => worker.isFrozen());
    await people.close();
    await world.deleteJob(name);
    await waitUntil("the deletion", async () => (await world.jobs()).length === 0);

    frozen?.resume();
    await sleep(LATE_WORK_MS);

    expect(name).not.toBe("");
    expect(frozen?.isFrozen()).toBe(false);
    expect((await world.jobs()).map((job) => job.metadata.name)).toEqual([]);
  },
);

it(
  `workers that freeze for ${FROZEN_MS / 1_000} s at any moment under load do nothing a second time`,
  { timeout: 120_000 + RANDOM_FREEZES * (FROZEN_MS + 20_000) },
  async (context) => {
    const { world, people, random, expectRight } = await openScenario("frozen-at-random", context);
    people.keepAsking(CONVERSATIONS);

    for (let freezes = 0; freezes < RANDOM_FREEZES; freezes += 1) {
      await sleep(random.between(500, 3_000));
      const worker = random.pick(world.workers as [BotProcess, ...BotProcess[]]);
      worker.freeze();
      await sleep(FROZEN_MS);
      worker.resume();
    }
    const { doubled, lines, toldAfterS } = await expectRight();

    report(
      `frozen at random: ${RANDOM_FREEZES} freezes of ${FROZEN_MS / 1_000} s, ${people.started().length} runs, ` +
        `${doubled} of ${lines} lines doubled, all told ${toldAfterS} s after the last one`,
    );
  },
);
