import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own, to be removed by the caller. Others may walk through it: started by root, Postgres runs as its own user. */
export async function makeTemporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `jibsa-${name}-`));
  await chmod(folder, 0o711);
  return folder;
}
