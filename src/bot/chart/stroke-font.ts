/**
 * The characters that a chart needs, as pen strokes: no font has to be installed where Jibsa runs. Strokes are apart by "/", a
 * point is x and y on a grid 4 wide, 6 high from the base line; "b" is 2 below it.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  "0": "10 30 41 45 36 16 05 01 10",
  "1": "05 26 20/10 30",
  "2": "05 16 36 45 44 00 40",
  "3": "05 16 36 45 44 33 13/33 42 41 30 10 01",
  "4": "30 36 02 42",
  "5": "46 06 03 33 42 41 30 10 01",
  "6": "45 36 16 05 01 10 30 41 42 33 13 02",
  "7": "06 46 10",
  "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33",
  "9": "01 10 30 41 45 36 16 05 04 13 33 44",
  ".": "10 11",
  "-": "13 33",
  "+": "13 33/24 22",
  M: "00 06 23 46 40",
  a: "44 40/43 34 14 03 01 10 30 41",
  e: "02 42 43 34 14 03 01 10 30 41",
  k: "06 00/34 02/13 30",
  l: "06 01 10",
  o: "10 30 41 43 34 14 03 01 10",
  p: "0b 04/03 14 34 43 41 30 10 01",
  s: "43 34 14 03 12 32 41 30 10 01",
  t: "16 11 20 30/04 34",
  v: "04 20 44",
  " ": "",
};
/** To where the next character begins. */
const advanceOf = (character: string): number => (character === "." || character === "l" ? 4 : 6);

export type Point = readonly [x: number, y: number];

/** Pen strokes of a text whose base line begins at `at`; `unit` is the grid's width in pixels. What there is no glyph for is left out. */
export function strokesOf(text: string, at: Point, unit: number): Point[][] {
  let left = at[0];
  return Array.from(text).flatMap((character) => {
    const x = left;
    left += advanceOf(character) * unit;
    return (GLYPHS[character] ?? "")
      .split("/")
      .filter((stroke) => stroke !== "")
      .map((stroke) =>
        stroke.split(" ").map((point): Point => {
          const y = point[1] === "b" ? -2 : Number(point[1]);
          return [x + Number(point[0]) * unit, at[1] - y * unit];
        }),
      );
  });
}

/** In pixels, without the space behind the last character. */
export function widthOf(text: string, unit: number): number {
  return (
    Math.max(
      0,
      Array.from(text).reduce((sum, character) => sum + advanceOf(character), -2),
    ) * unit
  );
}
