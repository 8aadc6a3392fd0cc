import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { chmod, cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { findGo, missingCommand } from "./find-go.ts";
import { holdLock } from "./hold-lock.ts";
import { goModFiles, moduleFolder, platformCache, type PlatformCache } from "./platform-cache.ts";
import { BUILD_FLAGS, MANIFESTS, SERVERS, type ManifestsToCopy, type ModuleName } from "./server-list.ts";

export type BuildOutcome =
  | { kind: "ready"; cache: PlatformCache; built: number; seconds: number }
  /** Go is missing or too old, or the system lacks what servers are started with. */
  | { kind: "not-here"; why: string }
  | { kind: "failed"; why: string };

interface BuildOptions {
  /** Beside other work: only what the processor has left over. */
  inBackground: boolean;
  log: (text: string) => void;
}

/** Builds what the cache lacks with the ordinary Go client: minutes the first time, seconds after that. Never rejects. */
export async function buildServers(options: BuildOptions): Promise<BuildOutcome> {
  try {
    const cache = platformCache();
    const command = missingCommand();
    if (command !== undefined)
      return {
        kind: "not-here",
        why: `${command} of util-linux starts its servers, and there is none on the PATH`,
      };
    if (isComplete(cache)) return { kind: "ready", cache, built: 0, seconds: 0 };
    const go = findGo(goModFiles);
    if (go.kind === "unusable") return { kind: "not-here", why: go.why };
    return await buildMissing(cache, go.version, options);
  } catch (error) {
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}

async function buildMissing(
  cache: PlatformCache,
  goVersion: string,
  options: BuildOptions,
): Promise<BuildOutcome> {
  const startedAtMs = Date.now();
  const letGo = await holdLock(join(cache.folder, "build.lock"), (pid) =>
    options.log(`waiting for process ${pid}, which is building the same servers …`),
  );
  try {
    const missing = SERVERS.filter(({ name }) => !existsSync(cache.binary(name)));
    if (missing.length > 0)
      options.log(
        `building ${missing.length} servers with Go ${goVersion} (10 to 17 minutes the first time) …`,
      );
    for (const server of missing) await buildOne(server, cache, options);
    for (const manifests of MANIFESTS) await copyManifests(manifests, cache, options);
    const seconds = Math.round((Date.now() - startedAtMs) / 1_000);
    return { kind: "ready", cache, built: missing.length, seconds };
  } finally {
    letGo();
  }
}

const isComplete = (cache: PlatformCache): boolean =>
  SERVERS.every(({ name }) => existsSync(cache.binary(name))) &&
  MANIFESTS.every(({ name }) => existsSync(cache.manifests(name)));

async function buildOne(
  server: (typeof SERVERS)[number],
  cache: PlatformCache,
  options: BuildOptions,
): Promise<void> {
  const startedAtMs = Date.now();
  const target = cache.binary(server.name);
  await mkdir(dirname(target), { recursive: true });
  const unfinished = `${target}.unfinished`;
  await runGo(
    ["build", "-p", "2", ...BUILD_FLAGS[server.module], "-o", unfinished, server.package],
    server.module,
    cache,
    options.inBackground,
  );
  await rename(unfinished, target);
  const { size } = await stat(target);
  const seconds = Math.round((Date.now() - startedAtMs) / 1_000);
  options.log(`built ${server.name} in ${seconds} s, ${Math.round(size / 1_048_576)} MB`);
}

async function copyManifests(
  { name, module, from, paths }: ManifestsToCopy,
  cache: PlatformCache,
  { inBackground }: { inBackground: boolean },
): Promise<void> {
  const target = cache.manifests(name);
  if (existsSync(target)) return;
  const answer = await runGo(["mod", "download", "-json", from], module, cache, inBackground);
  const { Dir: source } = JSON.parse(answer) as { Dir: string };
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const path of paths)
    await cp(join(source, path), join(unfinished, basename(path)), { recursive: true });
  // The module cache is read-only, and so is what is copied from it: it could not be removed again.
  for (const entry of await readdir(unfinished, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  await rename(unfinished, target);
}

/** Gives its standard output; everything else goes to the build log, whose end is in the error. Ends with us. */
function runGo(
  args: readonly string[],
  module: ModuleName,
  cache: PlatformCache,
  inBackground: boolean,
): Promise<string> {
  mkdirSync(cache.folder, { recursive: true });
  const log = openSync(cache.buildLog, "a");
  writeSync(log, `== ${module}: go ${args.join(" ")}\n`);
  return new Promise((done, failed) => {
    // Only what nobody else wants: the tests beside it have deadlines.
    const yielding = inBackground ? ["chrt", "--idle", "0", "nice", "-n", "19"] : [];
    const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", ...yielding, "go", ...args], {
      cwd: moduleFolder(module),
      env: {
        ...process.env,
        CGO_ENABLED: "0",
        GOFLAGS: "-buildvcs=false",
        GOTOOLCHAIN: "local",
        GOWORK: "off",
      },
      stdio: ["ignore", "pipe", log],
    });
    closeSync(log);
    let output = "";
    child.stdout?.on("data", (text: Buffer) => (output += text.toString("utf8")));
    child.once("error", failed);
    child.once("close", (code) => {
      if (code === 0) return done(output);
      const lines = readFileSync(cache.buildLog, "utf8").trim().split("\n").slice(-5);
      failed(new Error(`go ${args[0] ?? ""} failed: ${lines.join(" | ")} (all of it: ${cache.buildLog})`));
    });
  });
}
