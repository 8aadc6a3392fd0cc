import { decode } from "fast-png";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisTicks, shortNumber } from "./axis-ticks.ts";
import { drawLossChart } from "./draw-loss-chart.ts";
import { strokesOf } from "./stroke-font.ts";

const at = (step: number, value: number) => ({ step, value, atMs: 0 });
const falling = Array.from({ length: 50 }, (_, index) => at(index * 10, 3 - index * 0.04));

type Picture = ReturnType<typeof decode>;
/** Of which colour a pixel is, roughly. */
function colourAt({ width, data }: Picture, x: number, y: number): "white" | "blue" | "orange" | "grey" {
  const [red = 0, green = 0, blue = 0] = data.slice((y * width + x) * 3, (y * width + x) * 3 + 3);
  if (Math.min(red, green, blue) > 250) return "white";
  if (blue - red > 60) return "blue";
  return red - blue > 60 ? "orange" : "grey";
}
const hasColour = (picture: Picture, colour: string, xs: readonly number[], ys: readonly number[]): boolean =>
  xs.some((x) => ys.some((y) => colourAt(picture, x, y) === colour));
const between = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe("a chart of the loss", () => {
  it("falls from the upper left to the lower right, with its last value marked", () => {
    const picture = decode(drawLossChart({ loss: falling, evalLoss: [] }));

    expect(picture).toMatchObject({ width: 960, height: 480 });
    expect(hasColour(picture, "blue", [100], between(70, 110))).toBe(true);
    expect(hasColour(picture, "blue", [100], between(300, 400))).toBe(false);
    expect(colourAt(picture, 928, 388)).toBe("blue");
    expect(hasColour(picture, "orange", between(0, 960), [388])).toBe(false);
  });

  it("shows the evaluation loss in a colour of its own", () => {
    const picture = decode(drawLossChart({ loss: falling, evalLoss: [at(100, 2.9), at(490, 2.9)] }));

    expect(hasColour(picture, "orange", [500], between(64, 120))).toBe(true);
  });

  it("is drawn of any numbers", () => {
    const points = fc.array(
      fc.record({
        step: fc.nat(1e9),
        value: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
        atMs: fc.constant(0),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(points, points, (loss, evalLoss) => {
        expect(drawLossChart({ loss, evalLoss }).subarray(1, 4).toString()).toBe("PNG");
      }),
      { numRuns: 15 },
    );
  });
});

describe("an axis", () => {
  it("has round numbers", () => {
    expect(axisTicks(0.87, 2.61, 5)).toEqual([1, 1.5, 2, 2.5]);
    expect(axisTicks(1, 4_100, 6)).toEqual([1000, 2000, 3000, 4000]);
    expect(axisTicks(2, 2, 5)).toEqual([2]);
  });

  it("writes numbers in few characters, and there is a glyph for each of them", () => {
    const numbers = [0, 1.25, -0.04, 1_000, 12_000, 3_200_000, 1e-5, 2.5e12, 9.1e-6].map(shortNumber);

    expect(numbers).toEqual(["0", "1.25", "-0.04", "1000", "12k", "3.2M", "1e-5", "2.5e+12", "9.1e-6"]);
    for (const character of numbers.join(""))
      expect(strokesOf(character, [0, 0], 1), character).not.toEqual([]);
  });
});
