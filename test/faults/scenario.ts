import { setTimeout as sleep } from "node:timers/promises";
import { expect, type TestContext } from "vitest";
import { waitUntil } from "#test/wait-until.ts";
import type { BotProcess } from "./bot-process.ts";
import { seededRandom, type SeededRandom } from "./fault-seed.ts";
import { startFaultWorld, type FaultWorld, type FaultWorldOptions } from "./fault-world.ts";
import { judge, type Verdict } from "./oracle.ts";
import { createTrainingPeople, type Step, type TrainingPeople } from "./training-people.ts";

/** How long after the last fault everybody may wait for an end. */
const TOLD_WITHIN_MS = 30_000;

export interface Scenario {
  world: FaultWorld;
  people: TrainingPeople;
  random: SeededRandom;
  /** No more faults come and nobody asks any more: everything is told in time, and is true. */
  expectRight(lastFaultAtMs?: number): Promise<Verdict & { toldAfterS: number }>;
}

/** A world, people who train in it, and the verdict; everything is closed when the test ends. */
export async function openScenario(
  name: string,
  context: TestContext,
  options?: FaultWorldOptions,
): Promise<Scenario> {
  const random = seededRandom(name);
  const world = await startFaultWorld(options);
  context.onTestFinished(() => world.close());
  const people = createTrainingPeople(world);
  context.onTestFinished(() => people.close());
  context.onTestFailed(() => {
    for (const { text, channel } of people.seen().messages) process.stderr.write(`${channel}: ${text}\n`);
    for (const job of people.seen().jobs) process.stderr.write(`${JSON.stringify(job)}\n`);
    for (const one of world.processes) process.stderr.write(`${one.name}:\n${one.output().slice(-4_000)}\n`);
  });
  return {
    world,
    people,
    random,
    async expectRight(lastFaultAtMs = Date.now()) {
      people.noMore();
      await people.allTold(lastFaultAtMs + TOLD_WITHIN_MS - Date.now());
      const toldAfterS = Math.round((Date.now() - lastFaultAtMs) / 100) / 10;
      const verdict = await judge(world, people.started());
      expect([...people.wrongs(), ...verdict.wrongs]).toEqual([]);
      expect(world.processes.flatMap((one) => one.unasked())).toEqual([]);
      expect(verdict.doubled).toBeLessThanOrEqual(verdict.lines / 100);
      return { ...verdict, toldAfterS };
    },
  };
}

/**
 * So many kills, at random moments, of the processes that are named. On a busy machine the next one waits until the victim's
 * role was there for a moment: bots that never come up prove nothing. Returns when the kills were.
 */
export async function killAtRandom(
  processes: readonly BotProcess[],
  random: SeededRandom,
  options: { kills: number; shortestPauseMs: number; longestPauseMs: number },
): Promise<readonly number[]> {
  const kills: number[] = [];
  while (kills.length < options.kills) {
    await sleep(random.between(options.shortestPauseMs, options.longestPauseMs));
    const victim = random.pick(processes as [BotProcess, ...BotProcess[]]);
    const sameRole = processes.filter(({ role }) => role === victim.role);
    await waitUntil(`a ${victim.role} to be ready`, () => sameRole.some((one) => one.isReady()), 60_000, 50);
    if (victim.kill()) kills.push(Date.now());
  }
  return kills;
}

/** For each kill that met an open step: seconds from it to the effect of the last step that was open then. */
export function recoveriesOf(steps: readonly Step[], kills: readonly number[]): number[] {
  return kills.flatMap((atMs) => {
    const effects = steps.flatMap(({ fromMs, toMs }) =>
      toMs !== undefined && fromMs < atMs && atMs < toMs ? [toMs] : [],
    );
    return effects.length === 0 ? [] : [Math.round((Math.max(...effects) - atMs) / 100) / 10];
  });
}

/** What was measured, for whoever reads the run. */
export function report(text: string): void {
  process.stdout.write(`${text}\n`);
}
