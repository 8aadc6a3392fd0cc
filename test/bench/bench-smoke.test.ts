import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ackFigure } from "./ack.ts";
import type { Figure, FigureLine } from "./figure.ts";
import { firstTextFigure } from "./first-text.ts";
import { listFigure } from "./list.ts";
import { compareSides, measureFigure, printLine } from "./measure-figure.ts";
import { residentMegabytes } from "./memory.ts";
import { median, percentile } from "./statistics.ts";

const quick = { isQuick: true, rounds: 5, corpus: undefined, log: () => undefined };
const line: FigureLine = {
  label: "ack",
  ours: "slack",
  peer: "bolt",
  unit: "ms",
  compare: "ratio",
  limit: 1.5,
};

describe("statistics", () => {
  it("take the nearest rank and the middle, whatever the order", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.95)).toBe(7);
    expect(median([5, 1, 9])).toBe(5);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

describe("a line", () => {
  it("compares round by round and takes the median of that", () => {
    const result = compareSides(line, [2, 30, 6], [2, 10, 5]);

    expect(result).toMatchObject({ ours: 6, peer: 5, compared: 1.2, lowest: 1, highest: 3, isOver: false });
    expect(printLine(result)).toMatch(
      /^ack .*6\.00 ms .*5\.00 ms .*1\.20x .*1\.50x .*ok .*\(1\.00x to 3\.00x\)$/,
    );
  });

  it("is over its limit as a ratio, as a difference and alone, and when nothing was measured", () => {
    const isOver = (compare: FigureLine["compare"], ours: number, peer: number, limit: number) =>
      compareSides({ ...line, compare, limit }, [ours], [peer]).isOver;

    expect(isOver("ratio", 31, 20, 1.5)).toBe(true);
    expect(isOver("difference", 170, 20, 150)).toBe(false);
    expect(isOver("difference", 171, 20, 150)).toBe(true);
    expect(isOver("alone", 151, 20, 150)).toBe(true);
    expect(isOver("ratio", Number.NaN, 20, 1.5)).toBe(true);
  });
});

describe("figures", () => {
  it("measure acknowledgements while everything behind the bot hangs, and those of the peer", async () => {
    const opened = await ackFigure.open(quick);
    if ("skipped" in opened) throw new Error(opened.skipped);
    try {
      const sides = Object.keys(opened.sides);
      for (const { ours, peer } of ackFigure.lines)
        expect(sides).toEqual(expect.arrayContaining([ours, peer]));
      for (const side of ["bolt", "slack,worker"]) expect(await opened.sides[side]?.()).toBeGreaterThan(0);
    } finally {
      await opened.close();
    }
  }, 90_000);

  it("measure round by round, forth and back, and close what they opened", async () => {
    const calls: string[] = [];
    const side = (name: string, number: number) => async () => {
      calls.push(name);
      return number;
    };
    const figure: Figure = {
      name: "made-up",
      summary: "",
      lines: [line],
      open: async () => ({
        sides: { slack: side("slack", 3), bolt: side("bolt", 2) },
        close: async () => void calls.push("close"),
      }),
    };

    expect(await measureFigure(figure, { ...quick, isQuick: false })).toMatchObject([
      { compared: 1.5, isOver: false },
    ]);
    expect(calls.slice(0, 4)).toEqual(["slack", "bolt", "bolt", "slack"]);
    expect([calls.length, calls.at(-1)]).toEqual([11, "close"]);
  });

  it("measure what lists read, of runs that are found and of one that is not", async () => {
    const results = await measureFigure(listFigure, quick);

    if ("skipped" in results) throw new Error(results.skipped);
    expect(results.map(({ line: { label } }) => label)).toEqual(listFigure.lines.map(({ label }) => label));
    for (const { ours } of results) expect(ours).toBeGreaterThan(0);
  }, 60_000);

  it("read the resident memory of a process", async () => {
    expect(await residentMegabytes(process)).toBeGreaterThan(30);
  });

  it("are skipped with a reason where something is missing", async () => {
    expect(await measureFigure(firstTextFigure, quick)).toEqual({
      skipped: "no documents given (--corpus DIR)",
    });
  });
});

describe("the command", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL("run-bench.ts", import.meta.url)), ...args], {
      encoding: "utf8",
    });

  it("explains itself, and says which figures there are when one is unknown", () => {
    const help = run("--help");
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining("first-text")]);
    expect(run("nothing").status).toBe(2);
  });
});
