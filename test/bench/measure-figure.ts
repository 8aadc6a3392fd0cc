import type { BenchOptions, Figure, FigureLine, OpenFigure } from "./figure.ts";
import { median } from "./statistics.ts";

export const ROUNDS = 5;

export interface LineResult {
  line: FigureLine;
  /** Medians over the rounds. */
  ours: number;
  peer: number;
  /** Median, lowest and highest of what is held to the limit, compared round by round. */
  compared: number;
  lowest: number;
  highest: number;
  isOver: boolean;
}

let running: OpenFigure | undefined;

/** Closes what the figure under way has started; its measurement then fails. */
export const breakOff = async (): Promise<void> => running?.close();

/** Measures each side of a figure once per round, forth in one round and back in the next. */
export async function measureFigure(
  figure: Figure,
  options: BenchOptions,
): Promise<LineResult[] | { skipped: string }> {
  const opened = await figure.open(options);
  if ("skipped" in opened) return opened;
  running = opened;
  const numbers = new Map(Object.keys(opened.sides).map((side) => [side, [] as number[]]));
  try {
    for (let round = 0; round < (options.isQuick ? 1 : options.rounds); round += 1) {
      const sides = Object.entries(opened.sides);
      for (const [side, measure] of round % 2 === 0 ? sides : sides.toReversed()) {
        const number = await measure();
        numbers.get(side)?.push(number);
        options.log(`  ${figure.name}, round ${round + 1}, ${side}: ${number.toFixed(2)}`);
      }
    }
  } finally {
    running = undefined;
    await opened.close();
  }
  return figure.lines.map((line) =>
    compareSides(line, numbers.get(line.ours) ?? [], numbers.get(line.peer) ?? []),
  );
}

export function compareSides(
  line: FigureLine,
  ours: readonly number[],
  peers: readonly number[],
): LineResult {
  const compared = ours.map((number, round) => {
    const peer = peers[round] ?? Number.NaN;
    switch (line.compare) {
      case "ratio":
        return number / peer;
      case "difference":
        return number - peer;
      case "alone":
        return number;
    }
    return line.compare satisfies never;
  });
  return {
    line,
    ours: median(ours),
    peer: median(peers),
    compared: median(compared),
    lowest: Math.min(...compared),
    highest: Math.max(...compared),
    isOver: !(median(compared) <= line.limit),
  };
}

export const TITLE =
  "figure                    ours       peer   compared     limit   (lowest to highest of the rounds)";

export function printLine(result: LineResult): string {
  const { line, ours, peer } = result;
  const amount = (number: number): string => `${digits(number)} ${line.unit}`;
  const compared = (number: number): string =>
    line.compare === "ratio" ? `${digits(number)}x` : amount(number);
  const sign = line.compare === "difference" && result.compared >= 0 ? "+" : "";
  return [
    line.label.padEnd(19),
    amount(ours).padStart(10),
    amount(peer).padStart(10),
    `${sign}${compared(result.compared)}`.padStart(10),
    compared(line.limit).padStart(9),
    result.isOver ? "  over" : "  ok  ",
    `(${compared(result.lowest)} to ${compared(result.highest)})`,
  ].join(" ");
}

const digits = (number: number): string =>
  number.toFixed(Math.abs(number) < 10 ? 2 : Math.abs(number) < 100 ? 1 : 0);
