import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { startGitRepository, type TestRepository } from "#test/servers/git-repository.ts";
import { cleanEnvironment, startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { wordsOf } from "#test/servers/playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const CHANNEL = "llm-training";
let folder: string;
let repository: TestRepository;
let config: string;
let jibsa: Jibsa;
let researcher: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder("sources");
  repository = await startGitRepository();
  await repository.commit({
    "guides/kueue.md": "# Quotas of Kueue\n\nThe quota of each team is forty GPUs.\n",
    "guides/storage.md": "# Storage\n\nCheckpoints are kept for seven days.\n",
  });
  await mkdir(join(folder, "papers"));
  await writeFile(join(folder, "papers", "broken.pdf"), "%PDF-1.7\n");
  await writeFile(join(folder, "papers", "notes.md"), "# Notes\n\nNothing yet.\n");
  config = await writeSettings(folder, (settings) => {
    settings["knowledge"] = {
      gitProtocols: ["file"],
      sources: [
        {
          name: "handbook",
          every: "10s",
          git: { url: repository.url, branch: "main", link: "https://git.example.com/{branch}/{path}" },
        },
        { name: "papers", folder: join(folder, "papers") },
      ],
    };
  });
  jibsa = await startJibsa({ dataDir: join(folder, "data"), args: ["--config", config] });
  researcher = (await jibsa.playground.people())[0]?.id ?? "";
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await repository.close();
  await rm(folder, { recursive: true, force: true });
});

const shell = (word: string) =>
  promisify(execFile)(
    process.execPath,
    [MAIN, word, "--config", config, "--data-dir", join(folder, "data")],
    {
      env: cleanEnvironment(),
    },
  ).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? "",
  );
const synced = (source: string): number =>
  [...jibsa.output().matchAll(/"source":"(\w+)","written":\d+[^\n]*"msg":"synced a source"/g)].filter(
    (match) => match[1] === source,
  ).length;
async function ask(question: string): Promise<string> {
  const ts = await jibsa.playground.say(researcher, CHANNEL, `@jibsa ${question}`);
  const answer = await jibsa.playground.waitFor(
    researcher,
    CHANNEL,
    (message) => message.bot_id !== undefined && /answer\.helpful|know/.test(wordsOf(message)),
    { threadTs: ts },
  );
  return wordsOf(answer);
}
/** What only the person sees of a command's answer. */
async function command(text: string, fits: RegExp): Promise<string> {
  await jibsa.playground.command(researcher, CHANNEL, "/docs", text);
  return wordsOf(
    await jibsa.playground.waitFor(researcher, CHANNEL, (message) => fits.test(wordsOf(message))),
  );
}

describe("several sources", () => {
  it("are shown with their pages and with what was left out and why", async () => {
    await waitUntil("both to be synced", () => synced("handbook") > 0 && synced("papers") > 0, 60_000);

    const shown = await command("sources", /papers\*.*1개 제외/);

    expect(shown).toMatch(/handbook\*.*동기화했어요.*2쪽/);
    expect(shown).toContain("broken.pdf");
    expect(shown).toContain("손상됐거나 확장자와 다른 형식이에요");
  });

  it("answer with links to where their pages are seen", async () => {
    expect(await ask("How many GPUs are the quota of each team?")).toContain(
      "https://git.example.com/main/guides/kueue.md",
    );
  });

  it("are synced on demand, with the progress told directly; what was deleted is never cited again", async () => {
    await repository.commit({
      "guides/kueue.md": undefined,
      "guides/storage.md": "# Storage\n\nCheckpoints are kept for thirty days.\n",
    });

    expect(await command("sync handbook", /다이렉트 메시지로/)).toContain("시작할게요");
    await jibsa.playground.waitFor(researcher, "jibsa", (message) =>
      /handbook 동기화가 끝났어요/.test(wordsOf(message)),
    );

    expect(await ask("Are checkpoints kept for thirty days in the storage?")).toContain("thirty days");
    expect(await ask("How many GPUs are the quota of each team?")).not.toContain("kueue.md");
  });

  it("are synced by themselves after the time that is set", async () => {
    await repository.commit({ "guides/new.md": "# Notebooks\n\nNotebooks stop after two idle hours.\n" });

    const before = synced("handbook");
    await waitUntil("the next sync", () => synced("handbook") > before, 40_000);

    expect(await ask("When do notebooks stop?")).toContain("new.md");
  });

  it("say which names there are", async () => {
    expect(await command("sync wiki", /라는 문서 소스는 없어요/)).toMatch(/handbook.*papers/);
    expect(await command("sync", /어느 소스를/)).toContain("/docs sync handbook");
  });

  it("are indexed and examined from the shell beside it", async () => {
    expect(await shell("index")).toMatch(
      /handbook: 0 written, 2 unchanged, 0 deleted[\s\S]*broken\.pdf \(broken\)/,
    );
    expect(await shell("doctor")).toMatch(/ok {3}documents handbook.*reachable, at [0-9a-f]{12}/);
  });
});
