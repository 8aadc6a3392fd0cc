import { expect, it } from "vitest";
import { SearchUnavailableError } from "../ports.ts";
import { createSearchGate } from "./search-gate.ts";

function door() {
  const opens: (() => void)[] = [];
  return { wait: () => new Promise<void>((done) => opens.push(done)), open: () => opens.shift()?.() };
}
const turn = () => new Promise((done) => setImmediate(done));

it("lets so many through at a time, each in its turn, and none is lost", async () => {
  const gate = createSearchGate(2);
  const { wait, open } = door();
  const done: number[] = [];
  let inside = 0;
  let most = 0;

  const all = [0, 1, 2, 3, 4].map((number) =>
    gate(async () => {
      most = Math.max(most, (inside += 1));
      await wait();
      inside -= 1;
      done.push(number);
    }),
  );
  for (let number = 0; number < 5; number += 1) {
    await turn();
    open();
  }
  await Promise.all(all);

  expect(done).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});

it("refuses those that wait when the server is away, and works again afterwards", async () => {
  const gate = createSearchGate(1);
  const away = () => Promise.reject(new SearchUnavailableError("away"));

  const outcomes = await Promise.allSettled([gate(away), gate(async () => 1), gate(async () => 2)]);

  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(await gate(async () => 3)).toBe(3);
});

it("goes on with the next when one fails otherwise", async () => {
  const gate = createSearchGate(1);

  const [first, second] = await Promise.allSettled([
    gate(() => Promise.reject(new RangeError("bad"))),
    gate(async () => 1),
  ]);

  expect(first.status).toBe("rejected");
  expect(second).toEqual({ status: "fulfilled", value: 1 });
});
