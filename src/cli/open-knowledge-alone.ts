import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { openKnowledge } from "../compose/open-knowledge.ts";
import type { Config } from "../config.ts";
import { createLogger } from "../logger.ts";
import { startMilvusLite } from "../rag/adapters/start-milvus-lite.ts";
import type { Rag } from "../rag/create-rag.ts";
import { startEmbeddedPostgres } from "../store/embedded-postgres.ts";
import { openStore } from "../store/open-store.ts";
import { lockDataDir } from "./lock-data-dir.ts";
import { UsageError } from "./read-arguments.ts";
import { RUNNING_FILE } from "./up.ts";

const runningSchema = z.object({
  pid: z.number(),
  postgresUrl: z.string(),
  milvusAddress: z.string().optional(),
});

/** The documents for a command of the shell: those of a running `up` on the same data folder, else started for this command alone. */
export async function openKnowledgeAlone(
  config: Config,
  options: { docs?: string } = {},
): Promise<{ rag: Rag; shared: boolean; close(): Promise<void> }> {
  const logger = createLogger("error");
  const closers: (() => Promise<void> | void)[] = [];
  const running = readRunning(config.dataDir);
  if (running !== undefined && options.docs !== undefined)
    throw new UsageError(
      `jibsa is running on ${config.dataDir} with documents of its own: leave --docs out, or give another --data-dir`,
    );
  let postgresUrl = config.postgresUrl ?? running?.postgresUrl;
  let milvusAddress = config.milvus.address ?? running?.milvusAddress;
  if (running === undefined) closers.push(lockDataDir(config.dataDir));
  if (postgresUrl === undefined) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(config.dataDir, "postgres") });
    closers.push(() => postgres.close());
    postgresUrl = postgres.connectionString;
  }
  if (milvusAddress === undefined) {
    const milvus = await startMilvusLite({
      dataDir: join(config.dataDir, "milvus"),
      cacheDir: config.cacheDir,
      onProgress: ({ step, detail }) => {
        if (step === "environment" || step === "packages") console.error(`… ${detail}`);
      },
    });
    closers.push(() => milvus.close());
    milvusAddress = milvus.address;
  }
  const database = await openStore({ connectionString: postgresUrl });
  closers.push(() => database.close());
  const knowledge = await openKnowledge({
    config,
    store: database.store,
    logger,
    milvusAddress,
    modelUrl:
      config.model.provider === "none" || config.model.provider === "auto"
        ? config.model.url
        : (config.model.url ?? "http://127.0.0.1:11434"),
    apiUrl: `http://${config.listen.host}:${config.listen.apiPort}`,
  });
  closers.push(() => knowledge.close());
  return {
    rag: knowledge.rag,
    shared: running !== undefined,
    async close() {
      for (const closer of closers.toReversed()) await closer();
    },
  };
}

function readRunning(dataDir: string) {
  const file = join(dataDir, RUNNING_FILE);
  if (!existsSync(file)) return undefined;
  const parsed = runningSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  return parsed.success && existsSync(`/proc/${parsed.data.pid}`) ? parsed.data : undefined;
}
