/** What doctor says of one piece. */
export interface Finding {
  name: string;
  /** "warn": it works, but not as people will expect. */
  level: "ok" | "warn" | "fail";
  /** Real, embedded or simulated; reachable; permitted. */
  text: string;
  /** What to do about it. */
  advice?: string;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
