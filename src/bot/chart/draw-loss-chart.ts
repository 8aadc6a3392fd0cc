import type { MetricPoint } from "../../actions/training/metrics-ports.ts";
import { axisTicks, shortNumber } from "./axis-ticks.ts";
import { createCanvas, type Colour } from "./create-canvas.ts";
import { widthOf, type Point } from "./stroke-font.ts";

const WIDTH = 960;
const HEIGHT = 480;
const LEFT = 96;
const RIGHT = WIDTH - 32;
const TOP = 64;
const BOTTOM = HEIGHT - 72;
const TEXT = 2.6;

const INK: Colour = [60, 66, 78];
const GRID: Colour = [226, 229, 234];
const LOSS: Colour = [35, 103, 205];
const EVAL: Colour = [214, 110, 22];

/** The loss over the steps, and the evaluation loss where there is one, as a PNG. Text in it is ASCII; the rest stands in the message. */
export function drawLossChart(series: {
  loss: readonly MetricPoint[];
  evalLoss: readonly MetricPoint[];
}): Buffer {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const points = [...series.loss, ...series.evalLoss];
  const [firstStep, lastStep] = rangeOf(points.map(({ step }) => step));
  const [low, high] = padded(rangeOf(points.map(({ value }) => value)));
  const place = ({ step, value }: Pick<MetricPoint, "step" | "value">): Point => [
    LEFT + ((step - firstStep) / Math.max(1e-12, lastStep - firstStep)) * (RIGHT - LEFT),
    BOTTOM - ((value - low) / Math.max(1e-12, high - low)) * (BOTTOM - TOP),
  ];

  for (const value of axisTicks(low, high, 5)) {
    const [, y] = place({ step: firstStep, value });
    const label = shortNumber(value);
    canvas.line(
      [
        [LEFT, y],
        [RIGHT, y],
      ],
      1.5,
      GRID,
    );
    canvas.text(label, [LEFT - 14 - widthOf(label, TEXT), y + 3 * TEXT], TEXT, INK);
  }
  for (const step of axisTicks(firstStep, lastStep, 6).filter((one) => Number.isInteger(one))) {
    const [x] = place({ step, value: low });
    const label = shortNumber(step);
    canvas.line(
      [
        [x, BOTTOM],
        [x, BOTTOM + 7],
      ],
      2,
      INK,
    );
    canvas.text(label, [x - widthOf(label, TEXT) / 2, BOTTOM + 32], TEXT, INK);
  }
  canvas.line(
    [
      [LEFT, TOP],
      [LEFT, BOTTOM],
      [RIGHT, BOTTOM],
    ],
    2,
    INK,
  );
  canvas.text("step", [(LEFT + RIGHT - widthOf("step", TEXT)) / 2, HEIGHT - 12], TEXT, INK);

  let x = LEFT;
  for (const [name, line, colour] of [
    ["loss", series.loss, LOSS],
    ["eval", series.evalLoss, EVAL],
  ] as const) {
    const last = line.at(-1);
    if (last === undefined) continue;
    canvas.line(
      line.map((point) => place(point)),
      3,
      colour,
    );
    // Few points are seen as such.
    if (line.length <= 40) for (const point of line) canvas.line([place(point)], 8, colour);
    canvas.line([place(last)], 12, colour);
    const legend = `${name} ${shortNumber(last.value)}`;
    canvas.text(legend, [x, 40], TEXT * 1.3, colour);
    x += widthOf(legend, TEXT * 1.3) + 60;
  }
  return canvas.png();
}

function rangeOf(values: readonly number[]): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** A little air above and below; a flat line lies in the middle. */
function padded([low, high]: [number, number]): [number, number] {
  const air = high > low ? (high - low) * 0.06 : Math.max(Math.abs(low) * 0.1, 1e-6);
  return [low - air, high + air];
}
