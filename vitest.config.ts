import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    // Concurrent tests are those that wait for other processes most of the time.
    maxConcurrency: 10,
  },
});
