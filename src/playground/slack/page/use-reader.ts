import { useMemo } from "preact/hooks";
import { usePage } from "./page-store.ts";
import type { Reader } from "./text/format-date.ts";

/** Language and time zone of the acting person. */
export function useReader(): Reader {
  const locale = usePage((state) => state.me?.locale ?? "en-US");
  const tz = usePage((state) => state.me?.tz ?? "UTC");
  return useMemo(() => ({ locale, tz }), [locale, tz]);
}
