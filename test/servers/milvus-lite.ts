import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { startMilvusLite, type MilvusLiteServer } from "#src/rag/adapters/start-milvus-lite.ts";

/** A real Milvus Lite in a temporary folder; its Python environment is shared by all tests of this machine. */
export async function startTestMilvus(): Promise<MilvusLiteServer & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "jibsa-milvus-"));
  const cacheDir = process.env["JIBSA_CACHE_DIR"] ?? join(homedir(), ".cache", "jibsa");
  const server = await startMilvusLite({ dataDir: join(folder, "milvus"), cacheDir });
  return {
    folder,
    get address() {
      return server.address;
    },
    get pid() {
      return server.pid;
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
