import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmbeddedPostgres } from "#src/store/embedded-postgres.ts";
import { waitUntil } from "#test/wait-until.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const MODULE = new URL("../../src/store/embedded-postgres.ts", import.meta.url).href;
let folder: string;
let dataDir: string;
beforeEach(async () => {
  folder = await makeTemporaryFolder("embedded");
  dataDir = join(folder, "postgres");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe("embedded Postgres", () => {
  it("keeps its data after kill -9 of its parent, and leaves one server", async () => {
    const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(MODULE)};
      const server = await startEmbeddedPostgres({ dataDir: process.argv[1] });
      process.stdout.write(server.connectionString + "\\n");
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const connectionString = await new Promise<string>((done) => {
      parent.stdout.once("data", (data: Buffer) => done(data.toString().trim()));
    });
    await query(connectionString, "create table kept as select 42 as answer");
    const ended = new Promise((done) => parent.once("exit", done));
    parent.kill("SIGKILL");
    await ended;

    const server = await startEmbeddedPostgres({ dataDir });

    expect(await query(server.connectionString, "select answer from kept")).toEqual([{ answer: 42 }]);
    await server.close();
    const { stdout } = await promisify(execFile)("ps", ["-eo", "args"]);
    expect(stdout.split("\n").filter((line) => line.includes(dataDir))).toEqual([]);
    expect(existsSync(join(dataDir, "postmaster.pid"))).toBe(false);
  });

  it("is started again where it was when it is killed", async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await query(server.connectionString, "create table kept as select 42 as answer");
    const [pid = ""] = (await readFile(join(dataDir, "postmaster.pid"), "utf8")).split("\n");

    process.kill(Number(pid), "SIGKILL");

    const rows = await waitUntil("the server to be back", () =>
      query(server.connectionString, "select answer from kept").catch(() => undefined),
    );
    expect(rows).toEqual([{ answer: 42 }]);
    await server.close();
  });

  it("starts over a pid file whose process is another program", async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    await first.close();
    await writeFile(join(dataDir, "postmaster.pid"), `${process.pid}\n${dataDir}\n`);

    const second = await startEmbeddedPostgres({ dataDir });

    expect(await query(second.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
    await second.close();
  });

  it("keeps its password in a file that only the owner reads", async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await server.close();

    expect((await stat(`${dataDir}.password`)).mode & 0o777).toBe(0o600);
    expect(await readFile(`${dataDir}.password`, "utf8")).toMatch(/^[0-9a-f]{48}$/);
  });
});
