/** What a GPU costs for an hour inside the company, by type; `default` for those that are not named. */
export interface RateTable {
  /** ISO 4217, e.g. "KRW". */
  currency: string;
  perGpuHour: Readonly<Record<string, number>>;
}

export interface Cost {
  amount: number;
  currency: string;
}

/** undefined: no table, or no price for that type. */
export function costOf(
  rates: RateTable | undefined,
  gpuType: string | undefined,
  gpuHours: number,
): Cost | undefined {
  if (rates === undefined || gpuHours <= 0) return undefined;
  const prices = new Map(
    Object.entries(rates.perGpuHour).map(([type, price]) => [type.toLowerCase(), price]),
  );
  const price = prices.get(gpuType?.toLowerCase() ?? "default") ?? prices.get("default");
  return price === undefined ? undefined : { amount: price * gpuHours, currency: rates.currency };
}
