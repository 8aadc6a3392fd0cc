import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

/** What figures of documents are measured on. */
export interface IndexServers {
  milvus: Awaited<ReturnType<typeof startTestMilvus>>;
  /** Of the peer. */
  client: MilvusClient;
  postgres: TestPostgres;
  /** Closed before the servers, the latest first. */
  closers: (() => Promise<unknown>)[];
  close(): Promise<void>;
}

/** Runs `open` on both servers; they are closed when it fails. */
export async function withIndexServers<Opened>(
  open: (servers: IndexServers) => Promise<Opened>,
): Promise<Opened> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const milvus = await startTestMilvus();
    closers.push(() => milvus.close());
    const postgres = await startTestPostgres();
    closers.push(() => postgres.close());
    const client = new MilvusClient({ address: milvus.address, logLevel: "error", timeout: 120_000 });
    await client.connectPromise;
    closers.push(() => client.closeConnection());
    return await open({ milvus, client, postgres, closers, close });
  } catch (error) {
    await close();
    throw error;
  }
}
