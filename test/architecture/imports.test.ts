import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const PROJECT = resolve(import.meta.dirname, "../..");
const SRC = join(PROJECT, "src");

/** What each area may import of the others; everything may import itself, `store` and `logger.ts`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bot: ["jobs", "actions", "rag", "slack-limits"],
  api: ["jobs", "actions", "rag"],
  jobs: ["actions", "rag"],
  actions: [],
  rag: [],
  store: [],
  playground: ["slack-limits"],
  "slack-limits": [],
  config: ["actions", "bot"],
};

/** SDKs and the only places that may import them. */
const SDK_HOMES: Readonly<Record<string, readonly string[]>> = {
  "@kubernetes/client-node": ["actions/adapters/"],
  "@zilliz/milvus2-sdk-node": ["rag/adapters/"],
  "@langchain/": ["rag/adapters/"],
  "@slack/bolt": ["bot/"],
  "@slack/socket-mode": ["bot/"],
  "@slack/web-api": ["bot/"],
  bullmq: ["jobs/"],
  ioredis: ["jobs/"],
  pg: ["store/"],
  preact: ["playground/slack/page/"],
  esbuild: ["playground/slack/build-page.ts"],
};

interface Import {
  file: string;
  target: string;
}

async function readImports(folder: string): Promise<Import[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name));
  const found = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      const pattern = /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)/g;
      return [...text.matchAll(pattern)].map((match) => ({ file: name, target: match[1] ?? match[2] ?? "" }));
    }),
  );
  return found.flat();
}

/** "bot" for "bot/views/message.ts", "" for what lies in src itself. */
const areaOf = (path: string): string => (path.includes("/") ? (path.split("/")[0] ?? "") : "");

const targetOf = ({ file, target }: Import): string | undefined =>
  target.startsWith(".") ? relative(SRC, resolve(SRC, dirname(file), target)) : undefined;

const imports = await readImports(SRC);

describe("imports of src", () => {
  it("are found at all", () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(imports).toContainEqual({ file: "main.ts", target: "./cli/up.ts" });
  });

  it("point one way between the areas", () => {
    const leaks = imports.filter((one) => {
      const from = areaOf(one.file);
      const to = targetOf(one);
      const allowed = MAY_IMPORT[from];
      // What composes sees everything: compose.ts, compose/ and the commands of the shell.
      if (to === undefined || allowed === undefined) return false;
      const area = areaOf(to);
      return area === "" ? to !== "logger.ts" && from !== "bot" : ![from, "store", ...allowed].includes(area);
    });
    expect(leaks).toEqual([]);
  });

  it("of the playground name nothing of the rest, nor the rest of it", () => {
    const both = imports.filter((one) => {
      const to = targetOf(one) ?? "";
      const isComposer = /^(compose|cli)\b/.test(one.file) || one.file === "main.ts";
      return (
        (areaOf(one.file) === "playground" && !/^(playground|slack-limits)\//.test(to) && to !== "") ||
        (areaOf(to) === "playground" && areaOf(one.file) !== "playground" && !isComposer)
      );
    });
    expect(both).toEqual([]);
  });

  it("of an SDK stay in its adapters", () => {
    const leaks = imports.filter(({ file, target }) => {
      const sdk = Object.keys(SDK_HOMES).find(
        (name) => target === name || target.startsWith(name.endsWith("/") ? name : `${name}/`),
      );
      return sdk !== undefined && !(SDK_HOMES[sdk] ?? []).some((home) => file.startsWith(home));
    });
    expect(leaks).toEqual([]);
  });

  it("of heavy SDKs are lazy on the way of the Slack role", async () => {
    const text = async (file: string) => readFile(join(SRC, file), "utf8");
    for (const file of ["actions/adapters/kubernetes-rest.ts", "rag/adapters/create-chat-model.ts"])
      expect(await text(file)).not.toMatch(/^import (?!type)[^\n]*"@(kubernetes|langchain)\//m);
  });

  it("go from views and policies to no SDK, store or clock", () => {
    const pure = imports.filter(
      ({ file }) =>
        file.startsWith("bot/views/") || file === "actions/policy.ts" || file.startsWith("slack-limits/"),
    );
    const foreign = pure.filter(({ target }) => !target.startsWith(".") && target !== "@slack/types");
    expect(foreign).toEqual([]);
  });
});

describe("files of src", () => {
  it("have no catch-all names", async () => {
    const names = await readdir(SRC, { recursive: true });
    expect(names.filter((name) => /(^|\/)(utils?|helpers?|common|misc)(\.|\/|$)/.test(name))).toEqual([]);
  });

  it("read the environment in one place", async () => {
    const names = (await readdir(SRC, { recursive: true })).filter(
      (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
    );
    const readers: string[] = [];
    for (const name of names)
      if (/process\.env\b/.test(await readFile(join(SRC, name), "utf8"))) readers.push(name);
    // Readers of PATH and the like for child processes, and the crash points of the tests.
    expect(readers.toSorted()).toEqual(
      [
        "cli/ask.ts",
        "cli/doctor/doctor.ts",
        "cli/gaps.ts",
        "cli/index-documents.ts",
        "cli/key.ts",
        "cli/up.ts",
        "rag/adapters/git-source/run-git.ts",
        "rag/adapters/start-milvus-lite.ts",
        "store/crash-point.ts",
        "store/postgres-process.ts",
      ].toSorted(),
    );
  });
});
