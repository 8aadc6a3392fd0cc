import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    globalSetup: "test/servers/shared-postgres.ts",
    maxWorkers: 3,
    // A process takes one file after the other: starting one for each file cost a tenth of the whole time.
    isolate: false,
    // Concurrent tests are those that wait for other processes most of the time.
    maxConcurrency: 10,
  },
});
