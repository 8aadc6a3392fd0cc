import type { ExperimentSpec, SearchParameter } from "../objects/experiment-shapes.ts";

export interface Assignment {
  name: string;
  value: string;
}

/** 0 <= next() < 1, the same row for the same seed (mulberry32). */
export function seededRandom(seed: string): () => number {
  let state = hashOf(seed);
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  return hash >>> 0;
}

/** One point of the space, whatever the algorithm is called: at random. */
export function suggest(parameters: readonly SearchParameter[], random: () => number): Assignment[] {
  return parameters.map((parameter) => ({
    name: parameter.name ?? "",
    value: valueAt(parameter, random()),
  }));
}

function valueAt({ parameterType, feasibleSpace = {} }: SearchParameter, share: number): string {
  const { list = [], distribution } = feasibleSpace;
  if (parameterType !== "double" && parameterType !== "int")
    return list[Math.floor(share * list.length)] ?? "";
  const { min, max, step } = bordersOf(feasibleSpace);
  const raw =
    distribution === "logUniform" && min > 0
      ? Math.exp(Math.log(min) + share * (Math.log(max) - Math.log(min)))
      : min + share * (max - min);
  const stepped = step > 0 ? min + Math.round((raw - min) / step) * step : raw;
  const value = Math.min(max, Math.max(min, stepped));
  return parameterType === "int" ? String(Math.round(value)) : numberText(value);
}

/** Small numbers with an exponent, as Katib's suggestion services write them. */
const numberText = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-4
    ? Number(value.toPrecision(6)).toExponential()
    : String(Number(value.toPrecision(6)));

function bordersOf({ min, max, step }: NonNullable<SearchParameter["feasibleSpace"]>) {
  const numberOf = (text: string | undefined, fallback: number): number => {
    const value = Number(text ?? Number.NaN);
    return Number.isFinite(value) ? value : fallback;
  };
  return { min: numberOf(min, 0), max: numberOf(max, 1), step: numberOf(step, 0) };
}

/**
 * How far these values are from the best ones, 0..1: every parameter has one place in its range where it does best, the same
 * one in every experiment.
 */
export function distanceFromBest(spec: ExperimentSpec, assignments: readonly Assignment[]): number {
  const parameters = spec.parameters ?? [];
  const squares = parameters.map((parameter) => {
    const value = assignments.find(({ name }) => name === parameter.name)?.value ?? "";
    const best = 0.25 + 0.5 * seededRandom(parameter.name ?? "")();
    return (placeOf(parameter, value) - best) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length));
}

/** Where in its range a value lies, 0..1. */
function placeOf({ parameterType, feasibleSpace = {} }: SearchParameter, value: string): number {
  const { list = [], distribution } = feasibleSpace;
  if (parameterType !== "double" && parameterType !== "int")
    return list.length < 2 ? 0.5 : Math.max(0, list.indexOf(value)) / (list.length - 1);
  const { min, max } = bordersOf(feasibleSpace);
  if (max === min) return 0.5;
  return distribution === "logUniform" && min > 0
    ? (Math.log(Number(value)) - Math.log(min)) / (Math.log(max) - Math.log(min))
    : (Number(value) - min) / (max - min);
}

export interface Metric {
  name: string;
  latest: string;
  min: string;
  max: string;
}

/** What such a trial reports: the nearer to the best place, the better, with a little noise of its own. */
export function observe(
  spec: ExperimentSpec,
  trialName: string,
  assignments: readonly Assignment[],
): Metric[] {
  const { objectiveMetricName = "", additionalMetricNames = [], type } = spec.objective ?? {};
  const distance = distanceFromBest(spec, assignments);
  return [objectiveMetricName, ...additionalMetricNames].map((name) => {
    const noise = 0.01 * (seededRandom(`${trialName}/${name}`)() - 0.5);
    const isLoss = name === objectiveMetricName ? type === "minimize" : /loss|error|perplexity/i.test(name);
    const [first, last] = isLoss
      ? [2.4, 0.42 + 1.4 * distance + noise]
      : [0.21, 0.94 - 0.6 * distance + noise];
    const text = (value: number): string => value.toFixed(4);
    return {
      name,
      latest: text(last),
      min: text(Math.min(first, last)),
      max: text(Math.max(first, last)),
    };
  });
}
