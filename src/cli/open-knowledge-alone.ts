import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { findModel } from "../compose/find-model.ts";
import { openKnowledge } from "../compose/open-knowledge.ts";
import { publicApiUrl, type Config } from "../config.ts";
import { createLogger } from "../logger.ts";
import { startMilvusLite } from "../rag/adapters/start-milvus-lite.ts";
import type { Rag } from "../rag/create-rag.ts";
import type { Store } from "../store/database.ts";
import { startEmbeddedPostgres } from "../store/embedded-postgres.ts";
import { openStore } from "../store/open-store.ts";
import { lockDataDir } from "./lock-data-dir.ts";
import { UsageError } from "./read-arguments.ts";
import { readRunning, sourcesOf, type RunningUp } from "./running-file.ts";
import { createProgress } from "./show-progress.ts";

/** The documents for a command of the shell: those of a running `up` on the same data folder, else started for this command alone. */
export async function openKnowledgeAlone(
  config: Config,
  options: { docs?: string } = {},
): Promise<{ rag: Rag; store: Store; running: RunningUp | undefined; close(): Promise<void> }> {
  const logger = createLogger("error");
  const progress = createProgress(process.stderr);
  const closers: (() => Promise<void> | void)[] = [];
  const running = readRunning(config.dataDir);
  if (
    running !== undefined &&
    (options.docs !== undefined || !isDeepStrictEqual(running.sources, sourcesOf(config)))
  )
    throw new UsageError(
      `jibsa is running on ${config.dataDir} with documents of its own: leave --docs out and use its settings, or give another --data-dir`,
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
        if (step === "environment" || step === "packages") progress.show(detail);
      },
    });
    progress.end();
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
    model: (await findModel(config)).model,
    apiUrl: running?.pagesUrl ?? publicApiUrl(config),
  });
  closers.push(() => knowledge.close());
  // An index of others may have sources that these settings do not name.
  const isOwn =
    running === undefined && config.postgresUrl === undefined && config.milvus.address === undefined;
  if (isOwn) await knowledge.rag.forgetOtherSources();
  return {
    rag: knowledge.rag,
    store: database.store,
    running,
    async close() {
      for (const closer of closers.toReversed()) await closer();
    },
  };
}
