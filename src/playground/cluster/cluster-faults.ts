/** What a test makes go wrong, a number of times. */
export interface ClusterFault {
  kind: "rate-limit" | "error" | "delay" | "lose-answer" | "cut-watches";
  /** Default: any. */
  verb?: string;
  resource?: string;
  /** Default 1. */
  times?: number;
  retryAfterSeconds?: number;
  delayMs?: number;
}

export function createClusterFaults() {
  let faults: (ClusterFault & { left: number })[] = [];
  return {
    add(fault: ClusterFault): void {
      faults.push({ ...fault, left: fault.times ?? 1 });
    },
    /** The first fault that fits, used up by one. */
    take(verb: string, resource: string): ClusterFault | undefined {
      const found = faults.find(
        (fault) =>
          (fault.verb ?? verb) === verb &&
          (fault.resource ?? resource) === resource &&
          fault.kind !== "cut-watches",
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
