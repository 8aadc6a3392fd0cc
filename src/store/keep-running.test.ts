import { expect, it } from "vitest";
import { keepRunning } from "./keep-running.ts";

/** Servers that end when the test says so; the start with the number in `refused` fails. */
function createServers(refused: readonly number[] = []) {
  const running: { end(): void; stopped: boolean }[] = [];
  let starts = 0;
  const start = async () => {
    starts += 1;
    if (refused.includes(starts)) throw new Error("still in use");
    const { promise: exited, resolve: end } = Promise.withResolvers<void>();
    const server = { end, stopped: false };
    running.push(server);
    return {
      exited,
      async stop() {
        server.stopped = true;
        end();
      },
    };
  };
  return { start, running };
}

it("starts again what ended by itself, and tells why a try before failed", async () => {
  const { start, running } = createServers([2]);
  const told: unknown[] = [];
  const kept = await keepRunning(start, (_restartInMs, error) => told.push(error));

  running[0]?.end();
  await expect.poll(() => running.length, { timeout: 5_000 }).toBe(2);

  expect(told).toEqual([undefined, new Error("still in use")]);
  await kept.stop();
  expect(running.map(({ stopped }) => stopped)).toEqual([false, true]);
});

it("starts nothing after it was stopped, and throws where the first start fails", async () => {
  const { start, running } = createServers();
  const kept = await keepRunning(start, () => {});

  await kept.stop();

  expect(running).toHaveLength(1);
  await expect(keepRunning(createServers([1]).start, () => {})).rejects.toThrow("still in use");
});
