import { z } from "zod";

const faultKinds = ["rate-limit", "error", "delay", "lose-answer", "duplicate", "disconnect"] as const;

/** What a test asks to go wrong. Exactly one of `method` (of the Web API) and `event` (a delivery) is named; "*" means any. */
const faultSchema = z
  .strictObject({
    method: z.string().min(1).optional(),
    event: z.string().min(1).optional(),
    kind: z.enum(faultKinds),
    /** How often; default 1. */
    times: z.int().min(1).max(100_000).default(1),
    /** Seconds in Retry-After; default 1. */
    retryAfterS: z.int().min(0).max(3_600).default(1),
    /** Milliseconds for kind delay; default 1000. */
    delayMs: z.int().min(0).max(600_000).default(1_000),
    /** Slack's error word for kind error; default "internal_error". */
    error: z.string().min(1).default("internal_error"),
    /** HTTP status for kind error of a method; default 200 with `{ok:false}`. */
    status: z.int().min(400).max(599).optional(),
  })
  .refine((fault) => (fault.method === undefined) !== (fault.event === undefined), {
    error: "name either `method` or `event`",
    path: ["method"],
  })
  .refine((fault) => fault.event !== undefined || fault.kind !== "duplicate", {
    error: "`duplicate` is for events: a method is called twice by calling it twice",
    path: ["kind"],
  })
  .refine((fault) => fault.method !== undefined || fault.kind !== "rate-limit", {
    error: "`rate-limit` is for methods",
    path: ["kind"],
  });

export type Fault = z.infer<typeof faultSchema>;

export interface Faults {
  /** Adds one; answers what was wrong with it, or undefined. */
  add(input: unknown): string | undefined;
  /** The next fault for a method, used up by this call. */
  takeForMethod(method: string): Fault | undefined;
  /** The next fault for a delivery; `names` are its words, e.g. its envelope type and its event type. */
  takeForEvent(names: readonly string[]): Fault | undefined;
  /** Those still to come. */
  list(): Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  const take = (matches: (fault: Fault) => boolean): Fault | undefined => {
    const found = faults.find(matches);
    if (!found) return undefined;
    const left = { ...found, times: found.times - 1 };
    faults = faults.map((fault) => (fault === found ? left : fault)).filter((fault) => fault.times > 0);
    return found;
  };
  return {
    add: (input) => {
      const parsed = faultSchema.safeParse(input);
      if (!parsed.success)
        return parsed.error.issues
          .map((issue) => `${issue.path.join(".") || "fault"}: ${issue.message}`)
          .join("; ");
      faults.push(parsed.data);
      return undefined;
    },
    takeForMethod: (method) => take((fault) => fault.method === method || fault.method === "*"),
    takeForEvent: (names) =>
      take((fault) => fault.event !== undefined && (fault.event === "*" || names.includes(fault.event))),
    list: () => [...faults],
    clear: () => {
      faults = [];
    },
  };
}
