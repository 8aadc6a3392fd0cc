import { z } from "zod";

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const SIZE_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 };

/** "15m" -> milliseconds. Units: ms, s, m, h, d. */
export const duration = z.string().transform((text, context): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  const factor = DURATION_MS[match?.[2] ?? ""];
  if (match !== null && factor !== undefined) return Number(match[1]) * factor;
  context.addIssue({ code: "custom", message: 'write a duration with its unit, e.g. "30s", "15m", "4h"' });
  return z.NEVER;
});

/** "512MiB" -> bytes. Units: B, KiB, MiB, GiB. */
export const size = z.string().transform((text, context): number => {
  const match = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/.exec(text.trim());
  const factor = SIZE_BYTES[match?.[2] ?? ""];
  if (match !== null && factor !== undefined) return Math.floor(Number(match[1]) * factor);
  context.addIssue({ code: "custom", message: 'write a size with its unit, e.g. "512KiB", "5MiB"' });
  return z.NEVER;
});
