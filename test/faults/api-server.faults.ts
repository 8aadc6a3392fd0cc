import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { startFaultyProxy, type FaultyProxy } from "./faulty-proxy.ts";
import { openScenario, report } from "./scenario.ts";
import { IS_LONG, seededRandom } from "./fault-seed.ts";

const FAILING_MS = Number(process.env["JIBSA_FAULT_FAILING_MS"] ?? (IS_LONG ? 600_000 : 90_000));
const FAILING_SHARE = 0.3;
const CUT_WATCHES_EVERY_MS = 5_000;
const RESTART_EVERY_MS = 25_000;
const CONVERSATIONS = 4;

it(
  "an API server that fails 30 % of its calls, cuts every watch each 5 s and is restarted loses nothing and doubles nothing",
  { timeout: 180_000 + FAILING_MS },
  async (context) => {
    let proxy: FaultyProxy | undefined;
    const { world, people, expectRight } = await openScenario("api-server", context, {
      throughProxy: async (cluster) =>
        (proxy = await startFaultyProxy(cluster, seededRandom("api-server-calls"))),
    });
    if (proxy === undefined) throw new Error("no proxy");
    people.keepAsking(CONVERSATIONS);
    proxy.failShare(FAILING_SHARE);
    const beganAtMs = Date.now();
    let restartedAtMs = beganAtMs;
    let restarts = 0;

    while (Date.now() - beganAtMs < FAILING_MS) {
      await sleep(CUT_WATCHES_EVERY_MS);
      proxy.cutWatches();
      if (Date.now() - restartedAtMs < RESTART_EVERY_MS) continue;
      restartedAtMs = Date.now();
      restarts += 1;
      await world.restartCluster();
    }
    proxy.failShare(0);
    const { doubled, lines, toldAfterS } = await expectRight();

    const { calls, faults, relists, watchesCut, earlyRetries } = proxy.counts();
    report(
      `API server: ${people.started().length} runs, ${calls} calls, faults ${JSON.stringify(faults)}, ${restarts} restarts, ` +
        `${watchesCut} watches cut, relists ${JSON.stringify(relists)} in ${FAILING_MS / 1_000} s, ${earlyRetries.length} calls ` +
        `before their Retry-After, ${doubled} of ${lines} lines doubled, all told ${toldAfterS} s after the last fault`,
    );
    expect(earlyRetries).toEqual([]);
    for (const count of Object.values(relists))
      expect(count).toBeLessThanOrEqual((Date.now() - beganAtMs) / 1_000);
    expect(people.started().length).toBeGreaterThan(FAILING_MS / 20_000);
  },
);
