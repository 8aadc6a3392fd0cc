export interface SeededRandom {
  /** At least 0, below 1. */
  next(): number;
  between(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** The seed of this run: printed by each scenario, and taken from JIBSA_FAULT_SEED to play a failure again. */
export const FAULT_SEED = Number(process.env["JIBSA_FAULT_SEED"] ?? Date.now() % 2 ** 31);

/** The long form, on demand: `./jibsa test faults --long`. */
export const IS_LONG = process.env["JIBSA_FAULT_LONG"] !== undefined;

/** mulberry32, one sequence for each scenario, so that the order of scenarios does not matter. */
export function seededRandom(scenario: string): SeededRandom {
  process.stdout.write(`${scenario}: JIBSA_FAULT_SEED=${FAULT_SEED}\n`);
  let state = FAULT_SEED;
  for (const letter of scenario) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    pick: ([first, ...others]) => others[Math.floor(next() * (others.length + 1)) - 1] ?? first,
  };
}
