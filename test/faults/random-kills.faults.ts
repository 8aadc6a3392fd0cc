import { expect, it } from "vitest";
import { percentile } from "#test/bench/statistics.ts";
import { IS_LONG } from "./fault-seed.ts";
import { killAtRandom, openScenario, recoveriesOf, report } from "./scenario.ts";

const KILLS = Number(process.env["JIBSA_FAULT_KILLS"] ?? (IS_LONG ? 1_000 : 200));
const PAUSES = { shortestPauseMs: 400, longestPauseMs: 2_600 };
const CONVERSATIONS = 4;

it(
  `${KILLS} times kill -9 of any process: nothing is lost, nothing is made twice, every end is told once`,
  { timeout: 300_000 + KILLS * 3_500 },
  async (context) => {
    const { world, people, random, expectRight } = await openScenario("random-kills", context);
    people.keepAsking(CONVERSATIONS);

    const kills = await killAtRandom(world.processes, random, { kills: KILLS, ...PAUSES });
    const { doubled, lines, toldAfterS } = await expectRight(kills.at(-1));

    const recoveries = recoveriesOf(people.steps(), kills);
    report(
      `random kills: ${kills.length} kills, ${people.started().length} runs, ${doubled} of ${lines} lines doubled, ` +
        `all told ${toldAfterS} s after the last kill; from a kill to the last effect that people waited for then, more kills ` +
        `coming meanwhile: n=${recoveries.length}, p50 ${percentile(recoveries, 0.5)} s, p95 ${percentile(recoveries, 0.95)} s, max ${percentile(recoveries, 1)} s`,
    );
    expect(people.started().length).toBeGreaterThan(KILLS / 10);
  },
);
