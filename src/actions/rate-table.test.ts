import { expect, it } from "vitest";
import { costOf } from "./rate-table.ts";

const rates = { currency: "KRW", perGpuHour: { H100: 1_300, a100: 900 } };

it("a start costs its GPU-hours at the price of its type, however that is written", () => {
  expect(costOf(rates, "h100", 24)).toEqual({ amount: 31_200, currency: "KRW" });
});

it("a type without a price costs what all others do, or is not priced at all", () => {
  expect(costOf({ ...rates, perGpuHour: { ...rates.perGpuHour, default: 100 } }, "l40s", 2)?.amount).toBe(
    200,
  );
  expect(costOf({ ...rates, perGpuHour: { default: 100 } }, undefined, 2)?.amount).toBe(200);
  expect(costOf(rates, "l40s", 2)).toBeUndefined();
  expect(costOf(rates, undefined, 2)).toBeUndefined();
});

it("without a table, or without GPUs, there is no price", () => {
  expect(costOf(undefined, "h100", 24)).toBeUndefined();
  expect(costOf(rates, "h100", 0)).toBeUndefined();
});
