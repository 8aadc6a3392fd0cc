/** rate-limit: 429; error: 500; delay: late; lose-answer: carried out, then the connection breaks; cut-watch: the next watch ends at once. */
export const FAULT_KINDS = ["rate-limit", "error", "delay", "lose-answer", "cut-watch"] as const;

/** What a test makes go wrong, a number of times. */
export interface ClusterFault {
  kind: (typeof FAULT_KINDS)[number];
  /** "create", "list", …; default any. */
  verb?: string;
  /** Plural; default any. */
  resource?: string;
  /** Default 1. */
  times?: number;
  /** Of rate-limit; default 1. */
  retryAfterSeconds?: number;
  /** Of delay; default 1,000. */
  delayMs?: number;
}

export type ClusterFaults = ReturnType<typeof createClusterFaults>;

export function createClusterFaults() {
  let faults: (ClusterFault & { left: number })[] = [];
  return {
    add(fault: ClusterFault): void {
      faults.push({ ...fault, left: fault.times ?? 1 });
    },
    /** The first fault that fits, used up by one. */
    take(verb: string, resource: string): ClusterFault | undefined {
      const found = faults.find(
        (fault) => (fault.verb ?? verb) === verb && (fault.resource ?? resource) === resource,
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) faults = faults.filter((fault) => fault !== found);
      return found;
    },
    clear(): void {
      faults = [];
    },
  };
}
