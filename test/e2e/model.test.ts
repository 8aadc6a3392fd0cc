import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { startModelServer, type ModelServer } from "#test/servers/model-server.ts";
import { wordsOf, type PlaygroundMessage } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const CHANNEL = "general";
const OPERATOR = "sora";
let folder: string;
let model: ModelServer;
let jibsa: Jibsa;

beforeAll(async () => {
  folder = await makeTemporaryFolder("model");
  model = await startModelServer();
  const config = await writeSettings(folder, (settings) => {
    settings["model"] = { provider: "auto", url: model.url, timeout: "20s" };
  });
  jibsa = await startJibsa({ dataDir: join(folder, "data"), args: ["--config", config] });
  await waitUntil(
    "both languages to be indexed",
    () => [...jibsa.output().matchAll(/"msg":"synced a source"/g)].length >= 2,
  );
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(question: string) {
  const ts = await jibsa.playground.say(OPERATOR, CHANNEL, `@jibsa ${question}`);
  const answered = () =>
    jibsa.playground.waitFor(OPERATOR, CHANNEL, (message) => wordsOf(message).includes("answer.helpful"), {
      threadTs: ts,
    });
  return { ts, answered };
}

/** The option of an answer's menu that says why. */
const whyOf = (message: PlaygroundMessage) => /answer\.why:\w+/.exec(wordsOf(message))?.[0] ?? "";

describe("with a model", () => {
  it("an answer appears while it is written, names the model and cites pages of the index only", async () => {
    const sentence = "Start the same stage again with the same parameters, after reading its log. [1] ";
    model.behave({
      kind: "answer",
      text: `${sentence.repeat(6)}See https://evil.example/x [2] and <!channel>.`,
      delayMs: 25,
    });

    const { ts, answered } = await ask("How do I retry a failed training run?");
    const seen = new Set<number>();
    await waitUntil("the text to grow", async () => {
      const answer = (await jibsa.playground.messages(OPERATOR, CHANNEL, ts)).find(
        (message) => message.ts !== ts && !wordsOf(message).includes("answer.stop"),
      );
      if (answer !== undefined) seen.add(wordsOf(answer).length);
      return seen.size >= 3;
    });
    const words = wordsOf(await answered());

    expect(words).toContain("generated · test-model");
    expect(words).toMatch(/\[1\] <http:\/\/127\.0\.0\.1:\d+\/docs\/en\/retry/);
    expect(words).not.toMatch(/<!channel>|<https:\/\/evil|\(https:\/\/evil/);
    expect(model.prompts().at(-1)).toContain("retry");
  });

  it("an answer that is being written can be stopped, by whoever asked", async () => {
    model.behave({ kind: "answer", text: "Start the same stage again. [1] ".repeat(180), delayMs: 25 });
    const { ts, answered } = await ask("How do I retry a failed training run?");
    const thread = { threadTs: ts };
    const fits = (text: string) => (message: PlaygroundMessage) => wordsOf(message).includes(text);
    const stop = await jibsa.playground.waitFor(OPERATOR, CHANNEL, fits("answer.stop"), thread);
    await waitUntil("the model to write", () => model.openStreams() === 1);

    await jibsa.playground.press("minji", CHANNEL, stop.ts, "answer.stop");
    const refusal = await jibsa.playground.waitFor("minji", CHANNEL, fits("`answer-stop`"), thread);
    const isStillWriting = model.openStreams() === 1;
    await jibsa.playground.press(OPERATOR, CHANNEL, stop.ts, "answer.stop");
    const told = await jibsa.playground.waitFor(
      OPERATOR,
      CHANNEL,
      fits("What was written so far stays"),
      thread,
    );
    const answer = await answered();

    expect(refusal.is_ephemeral).toBe(true);
    expect(isStillWriting).toBe(true);
    expect(told.is_ephemeral).toBe(true);
    expect(stop.text).toMatch(/^Reading \d+ pages? and writing/);
    expect(wordsOf(answer)).toContain("stopped by <@U03OPERATOR>");
    await waitUntil("the model to be let go", () => model.openStreams() === 0);
    await waitUntil("the button to go", async () =>
      (await jibsa.playground.messages(OPERATOR, CHANNEL, ts)).every((message) => message.ts !== stop.ts),
    );
  });

  it("an answer says why it is as it is, to whoever wants to know", async () => {
    model.behave({ kind: "answer", text: "Start the same stage again. [1]" });
    const { ts, answered } = await ask("How do I retry a failed training run?");
    const answer = await answered();

    await jibsa.playground.press(OPERATOR, CHANNEL, answer.ts, "more", whyOf(answer));
    const why = await jibsa.playground.waitFor(
      OPERATOR,
      CHANNEL,
      (message) => wordsOf(message).includes("Searched for:"),
      { threadTs: ts },
    );

    expect(why.is_ephemeral).toBe(true);
    expect(wordsOf(why)).toMatch(/`retry`/);
    expect(wordsOf(why)).toMatch(/1\. <http[^>]+retry[^>]+> · \d+\.\d\d · \[1\]/);
    expect(wordsOf(why)).toContain("not cited");
    expect(wordsOf(why)).toMatch(/confidence \d\.\d\d of 1 · generated · test-model\S* · search 0\.\d\d s/);
  });

  it("a form says what is wrong with an answer, and is thanked for", async () => {
    model.behave({ kind: "answer", text: "Start the same stage again. [1]" });
    const { ts, answered } = await ask("How do I cancel a training run?");
    const answer = await answered();
    const value = /answer\.wrong:\w+/.exec(wordsOf(answer))?.[0] ?? "";

    await jibsa.playground.press(OPERATOR, CHANNEL, answer.ts, "more", value);
    await waitUntil("the form to open", async () => {
      const { views } = (await jibsa.playground.get("views", { user: OPERATOR })) as { views?: unknown[] };
      return (views ?? []).length > 0;
    });
    const sent = await jibsa.playground.post("submit", {
      user: OPERATOR,
      values: { cause: "misread", reason: "The page says something else." },
    });

    expect(sent).toMatchObject({ ok: true, acked: true });
    await jibsa.playground.waitFor(OPERATOR, CHANNEL, ({ text }) => text.startsWith("Thank you"), {
      threadTs: ts,
    });
  });

  it("a model is asked for by its name, and an unknown name is told the known ones", async () => {
    model.behave({ kind: "answer", text: "Cancel it with the button. [1]" });

    await jibsa.playground.command(
      OPERATOR,
      CHANNEL,
      "/ask",
      "--model gpt-9 How do I cancel a training run?",
    );
    await jibsa.playground.waitFor(OPERATOR, CHANNEL, ({ text }) =>
      text.startsWith("There is no model `gpt-9`. There are `test-model:latest`"),
    );
    await jibsa.playground.command(
      OPERATOR,
      CHANNEL,
      "/ask",
      "--model test-model:latest How do I cancel a training run?",
    );
    const asked = await jibsa.playground.waitFor(OPERATOR, CHANNEL, ({ text }) =>
      text.includes("asks: How do I cancel"),
    );

    await jibsa.playground.waitFor(
      OPERATOR,
      CHANNEL,
      (message) => wordsOf(message).includes("generated · test-model"),
      { threadTs: asked.ts },
    );
  });

  it("a follow-up in the thread needs no mention; what people say to each other there is left alone", async () => {
    model.behave({ kind: "answer", text: "Start the same stage again. [1]" });
    const { ts, answered } = await ask("How do I retry a failed training run?");
    await answered();
    const asked = () => model.prompts().length;
    const before = asked();

    await jibsa.playground.say(OPERATOR, CHANNEL, "Thanks, that helped!", ts);
    await jibsa.playground.say("minji", CHANNEL, "How do you do that?", ts);
    await jibsa.playground.say(OPERATOR, CHANNEL, "How many are yours?", ts);
    const { ts: other, answered: otherAnswered } = await ask("How do I cancel a training run?");
    await otherAnswered();
    model.behave({ kind: "answer", text: "With the button below its message. [1]" });
    await jibsa.playground.say(OPERATOR, CHANNEL, "And where is the button to cancel a run?", other);
    const followedUp = await jibsa.playground.waitFor(
      OPERATOR,
      CHANNEL,
      (message) => wordsOf(message).includes("With the button below"),
      { threadTs: other },
    );

    expect(followedUp.thread_ts).toBe(other);
    expect(model.prompts().at(-1)).toContain("Person: How do I cancel a training run?");
    expect(asked()).toBe(before + 2);
  });

  it("a thread is summed up where it is asked for, with links to its messages", async () => {
    model.behave({ kind: "answer", text: "Minji found it [2], and <!channel> was not told." });
    const ts = await jibsa.playground.say(OPERATOR, CHANNEL, "The loss of our run jumps at step 900.");
    await jibsa.playground.say("minji", CHANNEL, "We decided to lower the learning rate.", ts);

    await jibsa.playground.say(OPERATOR, CHANNEL, "@jibsa summarize this thread", ts);
    const summary = await jibsa.playground.waitFor(
      OPERATOR,
      CHANNEL,
      (message) => wordsOf(message).includes("2 messages read"),
      { threadTs: ts },
    );

    expect(wordsOf(summary)).toMatch(/Minji found it \[1\], and .*was not told/);
    expect(wordsOf(summary)).toMatch(/\[1\] <http[^|>]+\/archives\/[^|>]+\|[^>]+>/);
    expect(wordsOf(summary)).not.toContain("<!channel>");
    expect(model.prompts().at(-1)).toContain("We decided to lower the learning rate.");
  });

  it("that breaks off, the documents are quoted instead", async () => {
    model.behave({ kind: "broken", text: "Start the same stage again. [1] And then", afterCharacters: 20 });

    const words = wordsOf(await (await ask("Who has to approve a training run?")).answered());

    expect(words).toContain("quoted from the documents");
    expect(words).not.toContain("And then");
  });
});
