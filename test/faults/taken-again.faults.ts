import { expect, it } from "vitest";
import { percentile } from "#test/bench/statistics.ts";
import { waitUntil } from "#test/wait-until.ts";
import { armWorkers, WORKER_POINTS } from "./arm-workers.ts";
import { IS_LONG } from "./fault-seed.ts";
import { openScenario, recoveriesOf, report } from "./scenario.ts";

const ROUNDS = Number(process.env["JIBSA_FAULT_ROUNDS"] ?? (IS_LONG ? 10 : 3));
const P95_S = 15;
const LONGEST_S = 30;

it(
  `the work of a worker that dies at ${WORKER_POINTS.join(", ")} is taken again within ${P95_S} s (p95)`,
  { timeout: 120_000 + ROUNDS * WORKER_POINTS.length * 30_000 },
  async (context) => {
    const { world, people, expectRight } = await openScenario("taken-again", context);
    const kills: number[] = [];
    const deaths = (): number => world.workers.reduce((sum, worker) => sum + worker.deaths(), 0);

    for (const point of WORKER_POINTS) {
      const armed = await armWorkers(world, point, "SIGKILL");
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = deaths();
        armed.arm();
        const trained = people.train();
        await waitUntil(`a death at ${point}`, () => deaths() > before, 30_000, 5);
        kills.push(Date.now());
        await trained;
        await Promise.all(world.workers.map((worker) => worker.ready()));
      }
      armed.close();
    }
    const { doubled, lines } = await expectRight();

    const recoveries = recoveriesOf(people.steps(), kills);
    const p95 = percentile(recoveries, 0.95);
    report(
      `taken again: ${kills.length} kills at ${WORKER_POINTS.length} points, ${doubled} of ${lines} lines doubled, ` +
        `p50 ${percentile(recoveries, 0.5)} s, p95 ${p95} s, max ${percentile(recoveries, 1)} s (${recoveries.join(" ")})`,
    );
    expect(recoveries.length).toBeGreaterThan(kills.length * 0.8);
    expect(p95).toBeLessThanOrEqual(P95_S);
    expect(percentile(recoveries, 1)).toBeLessThanOrEqual(LONGEST_S);
  },
);
