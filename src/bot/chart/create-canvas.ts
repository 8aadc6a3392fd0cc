import { encode } from "fast-png";
import { strokesOf, type Point } from "./stroke-font.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** A white picture on which lines are drawn with smooth edges. */
export function createCanvas(width: number, height: number) {
  const pixels = new Uint8Array(width * height * 3).fill(255);

  function mix(x: number, y: number, colour: Colour, part: number): void {
    const at = (y * width + x) * 3;
    for (const [channel, value] of colour.entries()) {
      const below = pixels[at + channel] ?? 255;
      pixels[at + channel] = Math.round(below + (value - below) * part);
    }
  }

  function segment(from: Point, to: Point, thickness: number, colour: Colour): void {
    const reach = thickness / 2 + 1;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const squared = dx * dx + dy * dy;
    const lastX = Math.min(width - 1, Math.ceil(Math.max(from[0], to[0]) + reach));
    const lastY = Math.min(height - 1, Math.ceil(Math.max(from[1], to[1]) + reach));
    for (let y = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach)); y <= lastY; y += 1)
      for (let x = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach)); x <= lastX; x += 1) {
        const along = squared === 0 ? 0 : ((x - from[0]) * dx + (y - from[1]) * dy) / squared;
        const nearest = Math.max(0, Math.min(1, along));
        const away = Math.hypot(x - from[0] - nearest * dx, y - from[1] - nearest * dy);
        const covered = Math.max(0, Math.min(1, thickness / 2 + 0.5 - away));
        if (covered > 0) mix(x, y, colour, covered);
      }
  }

  function line(points: readonly Point[], thickness: number, colour: Colour): void {
    const [first] = points;
    if (points.length === 1 && first !== undefined) segment(first, first, thickness, colour);
    for (const [index, point] of points.entries()) {
      const next = points[index + 1];
      if (next !== undefined) segment(point, next, thickness, colour);
    }
  }

  return {
    line,
    /** Its base line begins at `at`. */
    text(text: string, at: Point, unit: number, colour: Colour): void {
      for (const stroke of strokesOf(text, at, unit)) line(stroke, unit * 0.8, colour);
    },
    png: (): Buffer => Buffer.from(encode({ width, height, data: pixels, channels: 3, depth: 8 })),
  };
}
