import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { environmentFolder, preparePython, type MilvusLiteProgress } from "./milvus-lite-environment.ts";
import { MilvusLiteError } from "./milvus-lite-error.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "jibsa-python-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A program that answers like Python, and whose environments log each installation. */
async function fakePython(
  options: { version?: string; isNewEnough?: boolean; hasVenv?: boolean; pipExit?: number } = {},
) {
  const path = join(root, "fake-python");
  const { version = "3.12.1", isNewEnough = true, hasVenv = true, pipExit = 0 } = options;
  await writeFile(
    path,
    `#!/bin/sh
case "$*" in
  *version_info*) echo "${isNewEnough ? "True" : "False"} ${version}" ;;
  *ensurepip*) exit ${hasVenv ? 0 : 1} ;;
  *"-m venv"*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  *"-m pip install"*) echo "$*" >> "${root}/installed"; echo "Collecting something"; sleep 0.2; echo "no route to host" >&2; exit ${pipExit} ;;
esac
`,
  );
  await chmod(path, 0o755);
  return path;
}
const installed = () =>
  readFile(join(root, "installed"), "utf8").then(
    (text) => text.trim().split("\n"),
    () => [],
  );

async function prepare(python: string | readonly string[], progress: MilvusLiteProgress[] = []) {
  return preparePython({
    folder: join(root, "env"),
    pythons: typeof python === "string" ? [python] : python,
    onProgress: (one) => void progress.push(one),
  });
}

describe("preparePython", () => {
  it("installs the pinned versions once, with progress, and later needs neither network nor Python", async () => {
    const progress: MilvusLiteProgress[] = [];
    const python = await prepare(await fakePython(), progress);

    expect(await prepare("/nowhere/python")).toBe(python);
    expect(await installed()).toEqual([expect.stringMatching(/milvus-lite==3\.2\.2 pymilvus==3\.0\.2$/)]);
    expect(progress.map(({ step }) => step)).toEqual(["environment", "packages", "packages"]);
    expect(progress.at(-1)?.detail).toBe("Collecting something");
  });

  it("builds once for callers that come together", async () => {
    const python = await fakePython();

    const paths = await Promise.all([prepare(python), prepare(python), prepare(python)]);

    expect(new Set(paths).size).toBe(1);
    expect(await installed()).toHaveLength(1);
  });

  it("replaces a half-built environment and takes over the lock of a process that died", async () => {
    await mkdir(join(root, "env", "bin"), { recursive: true });
    await writeFile(join(root, "env", "bin", "python"), "half");
    await mkdir(join(root, "env.lock"));
    await writeFile(join(root, "env.lock", "pid"), "999999999");

    await prepare(await fakePython());

    expect(await installed()).toHaveLength(1);
    expect(await readFile(join(root, "env", "bin", "python"), "utf8")).toContain("#!/bin/sh");
  });

  it.each([
    ["python-missing", undefined],
    ["python-too-old", { isNewEnough: false, version: "3.9.2" }],
    ["venv-missing", { hasVenv: false }],
    ["install-failed", { pipExit: 1 }],
  ] as const)(
    "tells both ways out when it fails with %s, and leaves nothing behind",
    async (kind, options) => {
      const python = options === undefined ? join(root, "none") : await fakePython(options);

      const error: unknown = await prepare(python).catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(MilvusLiteError);
      expect(error).toMatchObject({ kind });
      expect(String(error)).toMatch(/(?:Install|Make).*or give the address of a Milvus server/);
      await expect(readFile(join(root, "env", "jibsa-complete.json"))).rejects.toThrow("ENOENT");
      await expect(readFile(join(root, "env.lock", "pid"))).rejects.toThrow("ENOENT");
    },
  );

  it("takes the first Python that can do it", async () => {
    await expect(prepare([join(root, "none"), await fakePython()])).resolves.toContain("env/bin/python");
  });
});

describe("environmentFolder", () => {
  it("lies in the cache, else beside the data, under a name with the versions", () => {
    expect(environmentFolder({ dataDir: "/data/milvus", cacheDir: "/cache" })).toBe(
      "/cache/milvus-lite-3.2.2-pymilvus-3.0.2",
    );
    expect(environmentFolder({ dataDir: "/data/milvus" })).toBe("/data/milvus-lite-3.2.2-pymilvus-3.0.2");
  });
});
