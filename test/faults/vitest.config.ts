import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Begun first, so that none of them is left for the end alone. */
const LONGEST = ["random-kills", "frozen-workers", "clocks", "taken-again"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.includes(name));
      return index < 0 ? LONGEST.length : index;
    };
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The faults tier: minutes long, and apart from the quick one. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/faults/**/*.faults.ts"],
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
    // Most of what a scenario does is waiting for locks to run out.
    maxWorkers: 2,
  },
});
