import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { audienceOf } from "#src/rag/readers.ts";
import { tokenize } from "#src/rag/tokenize.ts";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { cleanEnvironment } from "#test/servers/jibsa.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const PAGES = 1_200;
let postgres: TestPostgres;
let milvus: Awaited<ReturnType<typeof startTestMilvus>>;
let database: OpenStore & { connectionString: string };
let folder: string;
let config: string;

beforeAll(async () => {
  [postgres, milvus, folder] = await Promise.all([
    startTestPostgres(),
    startTestMilvus(),
    makeTemporaryFolder("killed-sync"),
  ]);
  database = await postgres.createDatabase();
  await mkdir(join(folder, "docs"));
  for (let number = 0; number < PAGES; number += 1)
    await writeFile(
      join(folder, "docs", `${number}.md`),
      `# Page ${number}\n\nAbout topic${number}.\n\n## Part\n\nMore of it.\n\n## Rest\n\nThe end.\n`,
    );
  await configure({});
}, 180_000);
afterAll(async () => {
  await Promise.all([postgres.close(), milvus.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function configure(fields: object): Promise<void> {
  config = await writeSettings(folder, (settings) => {
    settings["knowledge"] = { sources: [{ name: "docs", folder: join(folder, "docs"), ...fields }] };
    settings["milvus"] = { address: milvus.address };
    settings["model"] = { provider: "none" };
  });
}

function startIndexing() {
  const child = spawn(
    process.execPath,
    [MAIN, "index", "--config", config, "--data-dir", join(folder, "data")],
    {
      env: cleanEnvironment({ JIBSA_POSTGRES_URL: database.connectionString }),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<string>((done) => child.once("close", () => done(output)));
  return { child, ended };
}
const rows = () => database.store.selectFrom("documents").select(["id", "indexed_at"]).execute();

it("a sync that is killed goes on where it was, and writes nothing twice", { timeout: 180_000 }, async () => {
  const first = startIndexing();
  await waitUntil("the first pages", async () => (await rows()).length > 0, 60_000);
  first.child.kill("SIGKILL");
  await first.ended;
  const before = await rows();

  const output = await startIndexing().ended;
  const again = await startIndexing().ended;

  const after = new Map((await rows()).map(({ id, indexed_at }) => [id, indexed_at.getTime()]));
  const index = createMilvusVectorIndex({ address: milvus.address, collection: "jibsa" });
  const indexed = (await index.listDocuments("docs")).size;
  await index.close();
  const [, written = "", unchanged = ""] =
    /docs: (\d+) written, (\d+) unchanged, 0 deleted/.exec(output) ?? [];
  expect(before.length).toBeGreaterThan(0);
  expect(before.length).toBeLessThan(PAGES);
  expect(Number(unchanged)).toBeGreaterThanOrEqual(before.length);
  expect(Number(written) + Number(unchanged)).toBe(PAGES);
  expect(before.filter(({ id, indexed_at }) => after.get(id) !== indexed_at.getTime())).toEqual([]);
  expect([after.size, indexed]).toEqual([PAGES, PAGES]);
  expect(again).toContain(`docs: 0 written, ${PAGES} unchanged, 0 deleted`);
});

it(
  "a sync that is killed while it restricts pages leaves none of them to those who may no longer read it",
  { timeout: 180_000 },
  async () => {
    await startIndexing().ended;
    const before = (await rows()).length;
    await configure({ baseUrl: "https://wiki.example.com/", readers: ["group:leads"] });
    const { id: leads } = audienceOf({ allOf: [["group:leads"]] });
    const index = createMilvusVectorIndex({ address: milvus.address, collection: "jibsa" });
    const found = async (audience: string) =>
      (
        await index.search({
          searchText: tokenize("page part rest").join(" "),
          audiences: [audience],
          limit: 2_000,
        })
      ).length;
    const publicBefore = await found("public");

    const killed = startIndexing();
    await waitUntil("the rows to go", async () => (await rows()).length < before, 60_000);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const publicAfterKill = await found("public");
    const output = await startIndexing().ended;

    expect([before, publicBefore > 0, publicAfterKill]).toEqual([PAGES, true, 0]);
    expect(output).toMatch(/docs: \d+ written, \d+ unchanged, 0 deleted/);
    expect((await index.listDocuments("docs")).size).toBe(PAGES);
    expect([await found("public"), (await found(leads)) > 0]).toEqual([0, true]);
    await index.close();
  },
);
