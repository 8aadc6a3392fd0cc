import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const PACKAGE = "kfp-server-api==2.17.3";
const run = promisify(execFile);

/** Python with the official client of Kubeflow Pipelines' API; built in the cache on first use (5 s, 33 MB, needs a package index). */
export async function prepareKfpClient(): Promise<string> {
  const cache = process.env["JIBSA_CACHE_DIR"] ?? join(homedir(), ".cache", "jibsa");
  const folder = join(cache, PACKAGE.replace("==", "-"));
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return python;
  await mkdir(dirname(folder), { recursive: true });
  // Built aside and moved when complete, so that nobody ever runs half an environment.
  const building = `${folder}.building-${randomBytes(4).toString("hex")}`;
  try {
    await run("python3", ["-m", "venv", building]);
    await run(join(building, "bin", "python"), ["-m", "pip", "install", "--quiet", PACKAGE]);
    await rename(building, folder).catch((error: unknown) => {
      // Somebody else was faster.
      if (!existsSync(python)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return python;
}
