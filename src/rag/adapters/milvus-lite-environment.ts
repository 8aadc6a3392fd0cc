import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MilvusLiteError } from "./milvus-lite-error.ts";

/** The launcher imports inner modules of milvus-lite, so its version is fixed. */
const PACKAGES = ["milvus-lite==3.2.2", "pymilvus==3.0.2"] as const;
const KEY = PACKAGES.join("-").replaceAll("==", "-");
const MARKER = "jibsa-complete.json";
const CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11", "python3.10"];
const LOCK_TIMEOUT_MS = 15 * 60_000;

export interface MilvusLiteProgress {
  step: "environment" | "packages" | "server" | "ready";
  /** One line for a person. */
  detail: string;
}
export type OnProgress = (progress: MilvusLiteProgress) => void;

/** Where the environment lies when no folder is given: in the shared cache, else beside the data. */
export function environmentFolder(options: { dataDir: string; cacheDir?: string | undefined }): string {
  return join(options.cacheDir ?? dirname(options.dataDir), KEY);
}

/**
 * Python with the pinned packages in `folder`, built on first use (about 20 s, 460 MB, needs the network). A complete
 * one is used as it is, without network; a half-built one is replaced. Several processes may ask at once.
 * @throws MilvusLiteError
 */
export async function preparePython(options: {
  folder: string;
  onProgress: OnProgress;
  /** Names or paths to try in this order; default: python3, then python3.13 down to python3.10. */
  pythons?: readonly string[];
}): Promise<string> {
  const { folder } = options;
  const python = join(folder, "bin", "python");
  if (await isComplete(folder)) return python;
  await mkdir(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`, options.onProgress);
  try {
    if (await isComplete(folder)) return python;
    const base = await findPython(options.pythons ?? CANDIDATES);
    // Built aside and moved when complete, so that nobody ever runs half an environment.
    const building = `${folder}.building-${process.pid}-${randomBytes(3).toString("hex")}`;
    try {
      await build(base, building, options.onProgress);
      await rm(folder, { recursive: true, force: true });
      await rename(building, folder);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
    return python;
  } finally {
    await release();
  }
}

async function isComplete(folder: string): Promise<boolean> {
  try {
    const marker = JSON.parse(await readFile(join(folder, MARKER), "utf8")) as { packages?: unknown };
    if (JSON.stringify(marker.packages) !== JSON.stringify(PACKAGES)) return false;
    await stat(join(folder, "bin", "python"));
    return true;
  } catch {
    // No marker, a torn one, or a Python that has been removed: build it.
    return false;
  }
}

/** The first Python that is new enough and can make environments. */
async function findPython(candidates: readonly string[]): Promise<string> {
  let problem = new MilvusLiteError("python-missing", "Python 3.10 or newer was not found");
  for (const candidate of candidates) {
    const found = await ask(
      candidate,
      "import sys; print(sys.version_info >= (3, 10), sys.version.split()[0])",
    );
    if (found === undefined) continue;
    const [isNewEnough, version] = found.split(" ");
    if (isNewEnough !== "True") {
      problem = new MilvusLiteError(
        "python-too-old",
        `${candidate} is Python ${version}, and 3.10 or newer is needed`,
      );
      continue;
    }
    if ((await ask(candidate, "import venv, ensurepip; print(1)")) !== undefined) return candidate;
    problem = new MilvusLiteError("venv-missing", `${candidate} cannot make virtual environments`);
  }
  throw problem;
}

function ask(python: string, program: string): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(python, ["-I", "-c", program], { timeout: 15_000 }, (error, stdout) =>
      done(error === null ? stdout.trim() : undefined),
    );
  });
}

async function build(base: string, folder: string, onProgress: OnProgress): Promise<void> {
  onProgress({ step: "environment", detail: "Making a Python environment for Milvus Lite" });
  await run(base, ["-I", "-m", "venv", folder], () => {});
  onProgress({ step: "packages", detail: `Installing ${PACKAGES.join(" and ")} (once, about 460 MB)` });
  const pip = [
    "-I",
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    "--progress-bar",
    "off",
    "--no-input",
  ];
  await run(join(folder, "bin", "python"), [...pip, ...PACKAGES], (line) => {
    const step = /^\s*(Collecting|Downloading|Installing)\s+(.*)$/.exec(line);
    if (step !== null) onProgress({ step: "packages", detail: `${step[1]} ${step[2]}`.slice(0, 120) });
  });
  await writeFile(join(folder, MARKER), JSON.stringify({ packages: PACKAGES }));
}

function run(command: string, args: readonly string[], onLine: (line: string) => void): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const errors: string[] = [];
    createInterface({ input: child.stdout }).on("line", onLine);
    createInterface({ input: child.stderr }).on("line", (line) => void errors.push(line));
    child.once("error", failed);
    child.once("close", (code) => {
      if (code === 0) return done();
      const reason = errors.slice(-4).join(" ").trim() || `exit code ${code}`;
      failed(new MilvusLiteError("install-failed", `Installing Milvus Lite failed: ${reason}`));
    });
  });
}

/** A folder is the lock; its owner's pid is inside, so that a dead owner's lock is taken over. */
async function lock(path: string, onProgress: OnProgress): Promise<() => Promise<void>> {
  const deadlineMs = Date.now() + LOCK_TIMEOUT_MS;
  let isTold = false;
  for (;;) {
    try {
      await mkdir(path);
      await writeFile(join(path, "pid"), String(process.pid));
      return () => rm(path, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (await isAbandoned(path)) {
      const aside = `${path}.stale-${randomBytes(4).toString("hex")}`;
      await rename(path, aside).then(
        () => rm(aside, { recursive: true, force: true }),
        // Another waiter took it over first.
        () => undefined,
      );
      continue;
    }
    if (Date.now() > deadlineMs)
      throw new MilvusLiteError("install-failed", `Another process holds ${path} for over 15 minutes`);
    if (!isTold)
      onProgress({ step: "environment", detail: "Waiting for another process that installs Milvus Lite" });
    isTold = true;
    await sleep(250);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const pid = Number(await readFile(join(path, "pid"), "utf8").catch(() => ""));
  if (pid > 0) {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ESRCH";
    }
  }
  // Its owner died between making the folder and writing the pid, unless the folder is new.
  const age = await stat(path).then(
    (stats) => Date.now() - stats.mtimeMs,
    () => 0,
  );
  return age > 10_000;
}
