import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BUILD_FLAGS, MANIFESTS, SERVERS, type BuiltModule, type ModuleName } from "./server-list.ts";

const BUILT: readonly BuiltModule[] = ["k35", "k36"];

export const moduleFolder = (name: ModuleName): string => join(import.meta.dirname, "../modules", name);
export const goModFiles = BUILT.map((name) => join(moduleFolder(name), "go.mod"));

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
  const base = environment["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const versions = BUILT.map(pinsOf);
  const folder = join(base, "jibsa/platform", digest([...versions, SERVERS, BUILD_FLAGS, process.arch]));
  return {
    folder,
    binary: (name) => join(folder, "bin", name),
    manifests(name) {
      const wanted = MANIFESTS.find((manifests) => manifests.name === name);
      if (wanted === undefined) throw new Error(`nothing is copied for ${name}`);
      return join(folder, "manifests", `${name}-${digest([pinsOf(wanted.module), wanted])}`);
    },
    buildLog: join(folder, "build.log"),
    runs: join(folder, "runs"),
  };
}

const pinsOf = (module: ModuleName): string =>
  ["go.mod", "go.sum"].map((file) => readFileSync(join(moduleFolder(module), file), "utf8")).join("");

const digest = (content: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
