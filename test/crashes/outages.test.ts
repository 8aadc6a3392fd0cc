import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgresServer } from "#src/store/embedded-postgres.ts";
import { openStore } from "#src/store/open-store.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { startModelServer, type ModelServer } from "#test/servers/model-server.ts";
import { wordsOf, type PlaygroundMessage } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";
import { askForTraining, expectDoneOnce, start, toldTheEnd } from "./training-requests.ts";
import type { SupervisedBot } from "./supervised-bot.ts";
import { startWorld, type World } from "./world.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const PAGES = {
  "retry.md":
    "# Retry a failed run\n\nA failed training run is started again with the button Retry under its message.\n",
  "gpus.md": "# Free GPUs\n\nHow many GPUs are free is shown by `/cluster status`.\n",
};
const QUESTION = "How do I start a failed training run again?";
const REPLY_WITHIN_MS = 5_000;

let folder: string;
let postgres: EmbeddedPostgresServer;
let milvus: Awaited<ReturnType<typeof startTestMilvus>>;
let models: ModelServer;
let world: World;
let bot: SupervisedBot;
beforeAll(async () => {
  folder = await makeTemporaryFolder("outages");
  [postgres, milvus, models] = await Promise.all([
    startEmbeddedPostgres({ dataDir: join(folder, "postgres") }),
    startTestMilvus(),
    startModelServer(),
  ]);
  const database = await openStore({ connectionString: postgres.connectionString });
  world = await startWorld({
    database: { ...database, connectionString: postgres.connectionString },
    milvusAddress: milvus.address,
    model: { provider: "ollama", url: models.url, name: "test-model", timeout: "3s" },
    pages: PAGES,
  });
  bot = await world.startBot();
});
afterAll(async () => {
  await world.close();
  await world.database.close();
  await Promise.all([postgres.close(), milvus.close(), models.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** What the bot says to a question in a thread of its own, once it says no more. Times it. */
async function ask(text: string): Promise<{ words: string; tookMs: number }> {
  const askedAtMs = Date.now();
  const threadTs = await world.slack.say("sora", "general", `@jibsa ${text}`);
  const answer = await world.slack.waitFor(
    "sora",
    "general",
    (message) =>
      message.bot_id !== undefined &&
      (message.blocks ?? []).length > 1 &&
      // Not yet the answer: it is being written, and can be stopped.
      !wordsOf(message).includes("answer.stop"),
    { threadTs },
  );
  return { words: wordsOf(answer), tookMs: Date.now() - askedAtMs };
}

/** What a command shows to the one who typed it. */
async function type(command: string, text: string): Promise<{ message: PlaygroundMessage; tookMs: number }> {
  const before = new Set((await world.slack.messages("sora", "general")).map(({ ts }) => ts));
  const askedAtMs = Date.now();
  await world.slack.command("sora", "general", command, text);
  const message = await world.slack.waitFor(
    "sora",
    "general",
    ({ ts, is_ephemeral: isEphemeral }) => isEphemeral === true && !before.has(ts),
  );
  return { message, tookMs: Date.now() - askedAtMs };
}

describe("while a part is away, people are told within 5 s and the rest works", () => {
  it("answers with quotes when the model hangs", async () => {
    models.behave({ kind: "answer", text: "Press Retry. [1]" });
    await waitUntil(
      "the first answer",
      async () => (await ask(QUESTION)).words.includes("Press Retry"),
      60_000,
    );
    models.behave({ kind: "hang" });

    const { words, tookMs } = await ask(QUESTION);

    expect(words).toContain("started again with the button Retry");
    expect(words).toContain("quoted from the documents");
    expect(tookMs).toBeLessThan(REPLY_WITHIN_MS);
  });

  it("says what cannot be looked up when the cluster is away, beside what the documents say", async () => {
    await world.cluster.goAway();

    const { words, tookMs } = await ask("How many GPUs are free?");
    await world.cluster.comeBack();

    expect(words).toContain("Not known now: free GPUs on onprem-a");
    expect(words).toContain("docs: “How many GPUs are free is shown by");
    expect(tookMs).toBeLessThan(REPLY_WITHIN_MS);
  });

  it("says that search is away when Milvus is; commands go on", async () => {
    await milvus.close();

    const { words, tookMs } = await ask(QUESTION);
    const live = await ask("why did sft fail?");
    const list = await type("/cluster", "status");
    const preview = await type("/train", "start preprocess");

    expect(words).toContain("The document search does not answer at the moment");
    expect(tookMs).toBeLessThan(REPLY_WITHIN_MS);
    expect(live.words).toContain("None of your runs of `sft`");
    expect(live.words).toContain("docs: the search does not answer");
    expect(wordsOf(list.message)).toContain("of 20 GPUs allocated");
    expect(list.tookMs).toBeLessThan(REPLY_WITHIN_MS);
    expect(preview.message.text).toContain("preview");
    expect(preview.tookMs).toBeLessThan(REPLY_WITHIN_MS);
  });

  it("names a cluster that is away, and creates what was approved meanwhile once it is back", async () => {
    await world.cluster.goAway();

    const status = await type("/cluster", "status");
    const preview = await type("/train", "start preprocess");
    const request = await askForTraining(world);
    await start(world, request);
    await world.slack.waitFor("sora", "llm-training", ({ text }) => text.includes("queued"));
    await world.cluster.comeBack();
    await toldTheEnd(world, request.requestId);

    expect(wordsOf(status.message)).toContain("Cluster onprem-a does not answer");
    expect(status.tookMs).toBeLessThan(REPLY_WITHIN_MS);
    expect(wordsOf(preview.message)).toContain("the cluster does not answer");
    expect(preview.tookMs).toBeLessThan(REPLY_WITHIN_MS);
    await expectDoneOnce(world, [request.requestId]);
  });

  it("survives 10 s without Postgres: commands are refused within 3 s, and taken again afterwards", async () => {
    const before = await askForTraining(world);
    const port = Number(new URL(postgres.connectionString).port);
    await postgres.close();
    const stoppedAtMs = Date.now();
    const refusals: { text: string; tookMs: number }[] = [];

    await waitUntil("ten seconds of refusals", async () => {
      const { message, tookMs } = await type("/train", "list");
      refusals.push({ text: message.text, tookMs });
      return Date.now() - stoppedAtMs > 10_000;
    });
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), port });
    await start(world, before);
    await toldTheEnd(world, before.requestId);

    for (const { text, tookMs } of refusals) {
      expect(text).toContain("Not accepted: the database does not answer");
      expect(tookMs).toBeLessThan(3_000);
    }
    expect(refusals.length).toBeGreaterThan(3);
    expect(bot.deaths()).toBe(0);
    expect((await world.jobNames()).filter((name) => name.includes(before.requestId))).toHaveLength(1);
  });
});
