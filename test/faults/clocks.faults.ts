import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, type TestContext } from "vitest";
import { freePort } from "#test/servers/free-port.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { IS_LONG } from "./fault-seed.ts";
import { createJumpingClock, skipsClocks, type JumpingClock } from "./jumping-clock.ts";
import { ASKER } from "./oracle.ts";
import { openScenario, report } from "./scenario.ts";

const JUMPS = IS_LONG ? 60 : 12;
const JUMP_EVERY_MS = 7_000;
const OFFSETS_S = [600, -600, -3_600, 0] as const;
const CONVERSATIONS = 3;
const APPROVAL_EXPIRES = "5m";
/** Two turns of the job that closes approvals, and a little more. */
const AHEAD_MS = 35_000;

/** A clock for each process of a world, by its name. */
async function openClocks(context: TestContext): Promise<(name: string) => JumpingClock> {
  const folder = await makeTemporaryFolder("clocks");
  context.onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clocks = new Map<string, JumpingClock>();
  return (name) => {
    const clock = clocks.get(name) ?? createJumpingClock(join(folder, name));
    clocks.set(name, clock);
    return clock;
  };
}

function expireSoon(settings: Record<string, unknown>): void {
  const { approvals } = settings["policy"] as { approvals: { expires: string }[] };
  for (const approval of approvals) approval.expires = APPROVAL_EXPIRES;
}

it.skipIf(skipsClocks)(
  `${JUMPS} times the clock of a process jumps by 10 minutes or back by an hour: runs end as if it had not`,
  { timeout: 180_000 + JUMPS * JUMP_EVERY_MS },
  async (context) => {
    const clockOf = await openClocks(context);
    const { world, people, random, expectRight } = await openScenario("clocks", context, {
      env: (name) => clockOf(name).env,
      settings: expireSoon,
    });
    people.keepAsking(CONVERSATIONS);
    const jumps: string[] = [];

    for (let jump = 0; jump < JUMPS; jump += 1) {
      await sleep(JUMP_EVERY_MS);
      const name = world.processes[jump % world.processes.length]?.name ?? "";
      const offsetS = random.pick(OFFSETS_S);
      clockOf(name).jumpTo(offsetS);
      jumps.push(`${name} ${offsetS} s`);
    }
    const { doubled, lines, toldAfterS } = await expectRight();

    report(
      `clocks: ${people.started().length} runs, ${doubled} of ${lines} lines doubled, all told ${toldAfterS} s after the last jump; ${jumps.join(", ")}`,
    );
  },
);

it.skipIf(skipsClocks)(
  `an approval of ${APPROVAL_EXPIRES} does not expire while a worker's clock is 10 minutes ahead`,
  { timeout: 240_000 },
  async (context) => {
    const clockOf = await openClocks(context);
    const { people, expectRight } = await openScenario("clocks-approval", context, {
      env: (name) => clockOf(name).env,
      settings: expireSoon,
    });

    await people.trainWithApproval(async () => {
      clockOf("worker-1").jumpTo(600);
      await sleep(AHEAD_MS);
    });

    await expectRight();
  },
);

it.skipIf(skipsClocks)(
  "over HTTP, a clock that is 10 minutes ahead refuses what Slack signs, so that people see it; put right, it takes everything again",
  { timeout: 240_000 },
  async (context) => {
    const clockOf = await openClocks(context);
    const { world, people, expectRight } = await openScenario("clocks-http", context, {
      roles: ["slack", "worker", "worker"],
      slackHttpPort: await freePort(),
      env: (name) => clockOf(name).env,
    });
    await people.train();
    clockOf("slack-1").jumpTo(600);
    await sleep(2_500);

    const whileWrong = await world.slack.post("command", {
      user: ASKER,
      channel: "general",
      command: "/train",
      text: "list",
    });
    clockOf("slack-1").jumpTo(0);
    await sleep(2_500);
    await people.train();

    expect(whileWrong).toMatchObject({ ok: false, acked: false });
    await expectRight();
  },
);
