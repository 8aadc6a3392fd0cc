import { it } from "vitest";
import { percentile } from "#test/bench/statistics.ts";
import { skipsRedis, startTestRedis } from "#test/servers/redis.ts";
import { IS_LONG } from "./fault-seed.ts";
import { killAtRandom, openScenario, recoveriesOf, report } from "./scenario.ts";

const KILLS = Number(process.env["JIBSA_FAULT_KILLS"] ?? (IS_LONG ? 300 : 40));
const PAUSES = { shortestPauseMs: 500, longestPauseMs: 3_000 };
const CONVERSATIONS = 3;

it.skipIf(skipsRedis)(
  `with the queue in Redis, ${KILLS} times kill -9 of a worker loses nothing and doubles nothing`,
  { timeout: 180_000 + KILLS * 4_000 },
  async (context) => {
    const redis = await startTestRedis();
    context.onTestFinished(() => redis.close());
    const { world, people, random, expectRight } = await openScenario("redis-queue", context, {
      redisUrl: redis.url,
    });
    people.keepAsking(CONVERSATIONS);

    const kills = await killAtRandom(world.workers, random, { kills: KILLS, ...PAUSES });
    const { doubled, lines, toldAfterS } = await expectRight(kills.at(-1));

    const recoveries = recoveriesOf(people.steps(), kills);
    report(
      `queue in Redis: ${kills.length} kills of a worker, ${people.started().length} runs, ${doubled} of ${lines} lines doubled, ` +
        `all told ${toldAfterS} s after the last kill; from a kill to the last effect that people waited for then: ` +
        `n=${recoveries.length}, p50 ${percentile(recoveries, 0.5)} s, p95 ${percentile(recoveries, 0.95)} s`,
    );
  },
);
