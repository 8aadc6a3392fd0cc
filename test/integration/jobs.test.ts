import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { jobsContract } from "#test/contracts/jobs-contract.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { skipsRedis, startTestRedis } from "#test/servers/redis.ts";

let postgres: TestPostgres;
let redis: { url: string; close(): Promise<void> } | undefined;
beforeAll(async () => {
  postgres = await startTestPostgres();
  if (!skipsRedis) redis = await startTestRedis();
});
afterAll(async () => {
  await redis?.close();
  await postgres.close();
});

jobsContract("Postgres", async () => {
  const database = await postgres.createDatabase();
  return {
    database,
    backend: { kind: "postgres", connectionString: database.connectionString },
    prefix: "test",
  };
});

describe.skipIf(skipsRedis)("with the distribution's redis-server", () => {
  jobsContract("Redis", async () => ({
    database: await postgres.createDatabase(),
    backend: { kind: "redis", url: redis?.url ?? "" },
    prefix: `test-${randomBytes(4).toString("hex")}`,
  }));
});
