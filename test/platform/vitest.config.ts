import { defineConfig } from "vitest/config";

/** The platform tier: needs the servers that `./jibsa test platform` starts, and is apart from the quick one. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/platform/**/*.platform.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
