import { defineConfig } from "vitest/config";

/** The faults tier: minutes long, and apart from the quick one. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/faults/**/*.faults.ts"],
    hookTimeout: 120_000,
    // Most of what a scenario does is waiting for locks to run out.
    maxWorkers: 2,
  },
});
