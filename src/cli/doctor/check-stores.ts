import type { Config } from "../../config.ts";
import { createJobs } from "../../jobs/create-jobs.ts";
import { createLogger } from "../../logger.ts";
import { createMilvusVectorIndex } from "../../rag/adapters/milvus-vector-index.ts";
import { verifyAudit } from "../../store/audit.ts";
import { openStore } from "../../store/open-store.ts";
import type { RunningUp } from "../running-file.ts";
import { messageOf, type Finding } from "./finding.ts";

/** Postgres, queue and Milvus: real ones, and the embedded ones of a running `up`. */
export async function checkStores(config: Config, running: RunningUp | undefined): Promise<Finding[]> {
  const notRunning = (name: string, what: string): Finding => ({
    name,
    level: "ok",
    text: `embedded ${what} in ${config.dataDir}, not running: \`./jibsa up\` starts it`,
  });
  const postgresUrl = config.postgresUrl ?? running?.postgresUrl;
  const kind = config.postgresUrl === undefined ? "embedded" : "real";
  const milvusAddress = config.milvus.address ?? running?.milvusAddress;
  return [
    ...(postgresUrl === undefined
      ? [notRunning("Postgres", "server"), notRunning("queue", "in Postgres")]
      : await checkPostgres(config, postgresUrl, kind)),
    milvusAddress === undefined
      ? notRunning("Milvus", "Milvus Lite")
      : await checkMilvus(config, milvusAddress),
    ...(running?.apiUrl === undefined ? [] : [await checkReady(running.apiUrl)]),
  ];
}

async function checkPostgres(config: Config, postgresUrl: string, kind: string): Promise<Finding[]> {
  const name = "Postgres";
  const database = await openStore({ connectionString: postgresUrl, maxConnections: 2 }).catch(
    (error: unknown): Finding => ({
      name,
      level: "fail",
      text: `${kind}, cannot be used: ${messageOf(error)}`,
      advice: "check JIBSA_POSTGRES_URL; the user must own the database",
    }),
  );
  if ("level" in database) return [database];
  const jobs = createJobs({
    backend:
      config.queue.backend === "redis"
        ? { kind: "redis", url: config.redisUrl ?? "" }
        : { kind: "postgres", connectionString: postgresUrl },
    store: database.store,
    logger: createLogger("silent"),
  });
  try {
    const audit = await verifyAudit(database.store);
    return [
      { name, level: "ok", text: `${kind}, reachable, schema up to date` },
      audit.kind === "intact"
        ? { name: "audit", level: "ok", text: `${audit.rows} rows, the chain is intact` }
        : {
            name: "audit",
            level: "fail",
            text: `row ${audit.seq} does not fit the chain: it was changed after it was written`,
            advice: "restore the database from a back-up, and find out who wrote to it",
          },
      (await jobs.isReady())
        ? { name: "queue", level: "ok", text: `${config.queue.backend}, reachable` }
        : {
            name: "queue",
            level: "fail",
            text: `${config.queue.backend} does not answer`,
            advice:
              config.queue.backend === "redis" ? "check JIBSA_REDIS_URL" : "check the database's rights",
          },
    ];
  } finally {
    await jobs.close();
    await database.close();
  }
}

async function checkMilvus(config: Config, address: string): Promise<Finding> {
  const name = "Milvus";
  const kind = config.milvus.address === undefined ? "embedded Milvus Lite" : "real";
  const index = createMilvusVectorIndex({ address, collection: config.milvus.collection });
  try {
    return { name, level: "ok", text: `${kind}, ${address}, ${await index.count()} chunks` };
  } catch (error) {
    return {
      name,
      level: "fail",
      text: `${kind}, ${address}: ${messageOf(error)}`,
      advice: "check milvus.address; questions are answered with “search is away” until then",
    };
  } finally {
    await index.close();
  }
}

async function checkReady(apiUrl: string): Promise<Finding> {
  const name = "running up";
  try {
    const answer = await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const parts = JSON.stringify(await answer.json());
    return answer.ok
      ? { name, level: "ok", text: `ready at ${apiUrl}` }
      : { name, level: "fail", text: `not ready: ${parts}`, advice: "its log says why the part is away" };
  } catch (error) {
    return { name, level: "fail", text: messageOf(error), advice: `is something else on ${apiUrl}?` };
  }
}
