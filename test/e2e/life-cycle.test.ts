import { spawn } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanEnvironment, startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { wordsOf } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** Nothing can be installed: whatever is needed must be there. */
const OFFLINE = { PIP_INDEX_URL: "http://127.0.0.1:1/", PIP_RETRIES: "0" };

let folder: string;
beforeAll(async () => {
  folder = await makeTemporaryFolder("life");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A command of the shell, to its end. */
async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...words], { env: cleanEnvironment(env), cwd: folder });
  let output = "";
  const keep = (text: string) => (output += text);
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const code = await new Promise<number | null>((done) => child.once("close", done));
  return { code, output };
}

/** Processes that name the folder, the servers that were started for it among them. */
async function processesOf(dataDir: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes(dataDir)).map((line) => line.replaceAll("\0", " "));
}

describe("up", () => {
  const dataDir = () => join(folder, "data");
  let first: Jibsa;
  beforeAll(async () => {
    first = await startJibsa({ dataDir: dataDir() });
  }, 180_000);
  afterAll(() => first.close());

  it("prints what is real, embedded and simulated, and one line when it is ready", () => {
    const output = first.output();

    for (const piece of [
      /Postgres +embedded/,
      /queue +embedded/,
      /Milvus +embedded/,
      /cluster onprem-a +simulated/,
      /Slack +simulated/,
      /model +none/,
    ])
      expect(output).toMatch(piece);
    expect(output.match(/^ready http:\/\/127\.0\.0\.1:\d+$/gm)).toHaveLength(1);
  });

  it("is refused a second time on the same folder, with the way out", async () => {
    const second = await run(["up", "--data-dir", dataDir(), "--port", "0"]);

    expect(second.code).toBe(2);
    expect(second.output).toContain("in use by another jibsa");
    expect(second.output).toContain("--data-dir");
  });

  it("lends its index to ask and doctor", async () => {
    await waitUntil(
      "the documents to be indexed",
      () => [...first.output().matchAll(/"msg":"synced a source"/g)].length >= 2,
    );
    const [asked, elsewhere, diagnosed] = await Promise.all([
      run(["ask", "--data-dir", dataDir(), "실패한 학습을 다시 돌리려면 어떻게 해요?"]),
      run(["ask", "--data-dir", dataDir(), "--docs", folder, "anything?"]),
      run(["doctor", "--data-dir", dataDir()]),
    ]);

    expect(asked).toMatchObject({ code: 0 });
    expect(asked.output).toMatch(/\[1\] .*http:\/\/127\.0\.0\.1:\d+\/docs\/ko\//);
    expect(elsewhere).toMatchObject({ code: 2 });
    expect(elsewhere.output).toContain("--docs");
    expect(diagnosed).toMatchObject({ code: 0 });
    expect(diagnosed.output).toMatch(/ok +audit +\d+ rows, the chain is intact/);
    expect(diagnosed.output).toMatch(/ok +running up +ready/);
  });

  it("comes back after kill -9 with everything, and without a network", async () => {
    const [researcher = ""] = (await first.playground.people()).map(({ id }) => id);
    const ts = await first.playground.say(researcher, "general", "remember me");
    await first.playground.command(researcher, "general", "/train", "start evaluate");
    const preview = await first.playground.waitFor(researcher, "general", (message) =>
      wordsOf(message).includes("request.start"),
    );
    await first.playground.press(researcher, "general", preview.ts, "request.start");
    const card = await first.playground.waitFor(researcher, "general", (message) =>
      wordsOf(message).includes("run.cancel"),
    );
    await first.kill();

    // How long that takes is the bench's to say (`ready`): here other tests want the processor too.
    const second = await startJibsa({ dataDir: dataDir(), env: OFFLINE });
    try {
      const messages = await second.playground.messages(researcher, "general");
      expect(messages.map((message) => message.ts)).toEqual(expect.arrayContaining([ts, card.ts]));
      await second.playground.press(researcher, "general", card.ts, "run.cancel");
      await second.playground.waitFor(
        researcher,
        "general",
        (message) => message.ts === card.ts && message.text.startsWith("⚪"),
        { timeoutMs: 30_000 },
      );
    } finally {
      expect(await second.stop()).toBe(0);
    }
    expect(await processesOf(dataDir())).toEqual([]);
  });

  it("ends on Ctrl-C, which reaches every process of the terminal, and leaves none behind", async () => {
    const words = [MAIN, "up", "--data-dir", dataDir(), "--port", "0"];
    const child = spawn(process.execPath, words, {
      env: cleanEnvironment(OFFLINE),
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const ended = new Promise<number | null>((done) => child.once("exit", done));
    await waitUntil("ready", () => output.includes("\nready "), 30_000);

    process.kill(-(child.pid ?? 0), "SIGINT");

    expect(await ended).toBe(0);
    expect(await processesOf(dataDir())).toEqual([]);
  });
});

describe("the shell", () => {
  it("tells all problems of the settings together, and no secret of them", async () => {
    const config = join(folder, "wrong.yaml");
    await writeFile(config, "listen: { apiPort: many }\ncolour: red\nmodel: { timeout: 5 }\n");

    const { code, output } = await run(["up", "--config", config], { SLACK_APP_TOKEN: "xapp-1-secret" });

    expect(code).toBe(2);
    for (const part of ["listen.apiPort", "colour", "model.timeout"]) expect(output).toContain(part);
    expect(output).not.toContain("xapp-1-secret");
  });

  it("prints the settings in effect with their secrets masked", async () => {
    const { code, output } = await run(["up", "--check-config"], {
      SLACK_BOT_TOKEN: "xoxb-1-secret",
      SLACK_APP_TOKEN: "xapp-1-secret",
      JIBSA_POSTGRES_URL: "postgres://jibsa:hidden@db/jibsa",
    });

    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      slack: { kind: "real", botToken: "***" },
      postgresUrl: "***",
    });
    expect(output).not.toMatch(/secret|hidden/);
  });

  it("answers wrong words with what there is", async () => {
    expect(await run(["frobnicate"])).toMatchObject({ code: 2 });
    const [option, port, question] = await Promise.all([
      run(["up", "--frob"]),
      run(["up", "--port", "many"]),
      run(["ask"]),
    ]);

    expect(option.output).toContain("Usage: ./jibsa up");
    expect(port.output).toContain("--port many");
    expect(question.output).toContain('./jibsa ask "');
    expect([option.code, port.code, question.code]).toEqual([2, 2, 2]);
  });
});
