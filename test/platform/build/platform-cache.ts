import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BUILD_FLAGS, MANIFESTS, SERVERS, type ModuleName } from "./server-list.ts";

const MODULES: readonly ModuleName[] = ["k35", "k36"];

export const moduleFolder = (name: ModuleName): string => join(import.meta.dirname, "../modules", name);
export const goModFiles = MODULES.map((name) => join(moduleFolder(name), "go.mod"));

/** Where binaries, manifests and the state of runs lie: outside the repository, one folder for each set of versions. */
export interface PlatformCache {
  folder: string;
  binary(name: string): string;
  manifests(name: string): string;
  buildLog: string;
  /** One folder below it for each run, gone when the run is over. */
  runs: string;
}

export function platformCache(environment: NodeJS.ProcessEnv = process.env): PlatformCache {
  const hash = createHash("sha256");
  for (const module of MODULES)
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(moduleFolder(module), file)));
  hash.update(JSON.stringify([SERVERS, BUILD_FLAGS, MANIFESTS, process.arch]));
  const base = environment["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(base, "jibsa/platform", hash.digest("hex").slice(0, 16));
  return {
    folder,
    binary: (name) => join(folder, "bin", name),
    manifests: (name) => join(folder, "manifests", name),
    buildLog: join(folder, "build.log"),
    runs: join(folder, "runs"),
  };
}
