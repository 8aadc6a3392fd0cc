import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainingTakes, writeSettings } from "#test/fixtures/settings-file.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { wordsOf, type PlaygroundMessage, type PlaygroundPerson } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const CHANNEL = "llm-training";
let folder: string;
let jibsa: Jibsa;
let researcher: string;
let lead: string;
let operator: string;
let guest: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder("e2e");
  const config = await writeSettings(folder, trainingTakes("8s"));
  jibsa = await startJibsa({ dataDir: join(folder, "data"), args: ["--config", config] });
  const people: PlaygroundPerson[] = await jibsa.playground.people();
  [researcher = "", lead = "", operator = "", guest = ""] = people.map(({ id }) => id);
  await waitUntil("both languages to be indexed", async () => (await indexedSources()).length === 2);
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await rm(folder, { recursive: true, force: true });
});

const indexedSources = async () =>
  [...jibsa.output().matchAll(/"source":"(\w+)","written":\d+[^\n]*"msg":"synced a source"/g)].map(
    (match) => match[1],
  );
const isFromBot = (message: PlaygroundMessage) => message.bot_id !== undefined;
const linksOf = (message: PlaygroundMessage) =>
  [...wordsOf(message).matchAll(/\[(\d+)\] <(http[^|>]+)\|/g)].map(([, number, url]) => ({ number, url }));
/** An answer is complete when its two feedback buttons are there. */
const isAnswer = (message: PlaygroundMessage) =>
  isFromBot(message) && wordsOf(message).includes("answer.helpful");

describe("a question", () => {
  it("in a channel is answered in its thread, in English, with numbered links to pages that open", async () => {
    const ts = await jibsa.playground.say(
      researcher,
      CHANNEL,
      "@jibsa How do I retry a failed training run?",
    );
    const answer = await jibsa.playground.waitFor(researcher, CHANNEL, isAnswer, { threadTs: ts });

    expect(wordsOf(answer)).toContain("/train retry");
    expect(wordsOf(answer)).toContain("quoted from the documents");
    const [first] = linksOf(answer);
    expect(first?.number).toBe("1");
    expect(wordsOf(answer)).toContain("[1]");
    const page = await fetch(first?.url ?? "");
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("retry");
  });

  it("in Korean is answered in Korean, from Korean pages", async () => {
    const question = "@jibsa 실패한 학습을 다시 돌리려면 어떻게 해요?";
    const ts = await jibsa.playground.say(researcher, CHANNEL, question);
    const answer = await jibsa.playground.waitFor(researcher, CHANNEL, isAnswer, { threadTs: ts });

    expect(wordsOf(answer)).toMatch(/다시 돌리|다시 시작/);
    expect(wordsOf(answer)).toContain("문서에서 그대로 옮겼어요");
    expect(linksOf(answer)[0]?.url).toContain("/ko/");
  });

  it("is understood as a follow-up of the one before it in the thread", async () => {
    const ts = await jibsa.playground.say(operator, CHANNEL, "@jibsa Who has to approve a training run?");
    await jibsa.playground.waitFor(operator, CHANNEL, isAnswer, { threadTs: ts });
    await jibsa.playground.say(operator, CHANNEL, "@jibsa and when does it expire?", ts);

    await waitUntil("a second answer, about approvals", async () => {
      const thread = await jibsa.playground.messages(operator, CHANNEL, ts);
      const [, second] = thread.filter(isAnswer);
      return second !== undefined && wordsOf(second).includes("approv");
    });
  });

  it("in a direct message, in an assistant thread and by /ask is answered too", async () => {
    const direct = await jibsa.playground.say(researcher, "jibsa", "Who uses which GPU?");
    await jibsa.playground.waitFor(researcher, "jibsa", isAnswer, { threadTs: direct });

    const opened = await jibsa.playground.post("assistant", { user: researcher, channel: CHANNEL });
    const thread = opened["thread_ts"] as string;
    await jibsa.playground.say(researcher, "jibsa", "왜 내 실행이 대기 중이에요?", thread);
    await jibsa.playground.waitFor(researcher, "jibsa", isAnswer, { threadTs: thread });

    await jibsa.playground.command(lead, "general", "/ask", "How do I read the logs of a run?");
    const asked = await jibsa.playground.waitFor(lead, "general", (message) =>
      wordsOf(message).includes("How do I read the logs"),
    );
    await jibsa.playground.waitFor(lead, "general", isAnswer, { threadTs: asked.ts });
  });

  it("that no page answers gets “I don't know” and the nearest pages", async () => {
    const ts = await jibsa.playground.say(
      researcher,
      CHANNEL,
      "@jibsa Who won the football match yesterday?",
    );
    const answer = await jibsa.playground.waitFor(researcher, CHANNEL, isAnswer, { threadTs: ts });

    expect(wordsOf(answer)).toContain("I don't know");
    expect(wordsOf(answer)).toMatch(/• <http[^|>]+\|/);
  });

  it("keeps what its reader thinks of the answer", async () => {
    const ts = await jibsa.playground.say(researcher, CHANNEL, "@jibsa How do I cancel a run?");
    const answer = await jibsa.playground.waitFor(researcher, CHANNEL, isAnswer, { threadTs: ts });
    await jibsa.playground.press(researcher, CHANNEL, answer.ts, "answer.helpful");

    await jibsa.playground.waitFor(
      researcher,
      CHANNEL,
      ({ text, is_ephemeral: ephemeral }) => ephemeral === true && /고마|반영|감사|Thank/.test(text),
      { threadTs: ts },
    );
  });
});

/** Starts a run that needs an approval and gives its card, waiting for the decision. */
async function askForRun(words: string): Promise<PlaygroundMessage> {
  await jibsa.playground.command(researcher, CHANNEL, "/train", words);
  const preview = await jibsa.playground.waitFor(
    researcher,
    CHANNEL,
    (message) => message.is_ephemeral === true && wordsOf(message).includes("request.start"),
  );
  await jibsa.playground.press(researcher, CHANNEL, preview.ts, "request.start");
  await jibsa.playground.waitFor(researcher, CHANNEL, ({ text }) => text.includes("승인 요청을 올렸어요"));
  return jibsa.playground.waitFor(lead, CHANNEL, (message) => wordsOf(message).includes("approval.approve"));
}
const cardOf = async (ts: string) =>
  (await jibsa.playground.messages(lead, CHANNEL)).find((message) => message.ts === ts);

describe("a training run", () => {
  it("is shown before anything happens: what changes, what it costs, who must approve", async () => {
    await jibsa.playground.command(
      researcher,
      CHANNEL,
      "/train",
      "start sft model-size=7B learning-rate=1e-5",
    );
    const preview = await jibsa.playground.waitFor(researcher, CHANNEL, (message) =>
      wordsOf(message).includes("1e-5"),
    );

    expect(preview.is_ephemeral).toBe(true);
    expect(wordsOf(preview)).toContain("2e-5");
    expect(wordsOf(preview)).toContain("learning-rate");
    expect(wordsOf(preview)).toContain("12 GPU");
    expect(wordsOf(preview)).toContain("@ml-leads");
    expect(await jibsa.playground.messages(lead, CHANNEL)).not.toContainEqual(
      expect.objectContaining({ ts: preview.ts }),
    );
    await jibsa.playground.press(researcher, CHANNEL, preview.ts, "request.discard");
    await jibsa.playground.waitFor(researcher, CHANNEL, ({ text }) => text.startsWith("버렸어요"));
  });

  it("is started by the lead's approval alone, followed in one message, and its end told once", async () => {
    const card = await askForRun("start sft model-size=7B");
    expect(wordsOf(card)).toContain("<!subteam^");

    for (const nobody of [researcher, operator, guest])
      await jibsa.playground.press(nobody, CHANNEL, card.ts, "approval.approve");
    for (const nobody of [researcher, operator, guest])
      await jibsa.playground.waitFor(
        nobody,
        CHANNEL,
        (message) => message.is_ephemeral === true && Number(message.ts) > Number(card.ts),
      );
    expect(wordsOf((await cardOf(card.ts)) ?? card)).toContain("approval.approve");
    await jibsa.playground.press(lead, CHANNEL, card.ts, "approval.approve");
    await jibsa.playground.press(lead, CHANNEL, card.ts, "approval.approve").catch(() => undefined);

    await waitUntil("a progress bar in the card", async () =>
      /▓|░/.test((await cardOf(card.ts))?.text ?? ""),
    );
    await waitUntil(
      "the run's success in the card",
      async () => (await cardOf(card.ts))?.text.startsWith("✅") === true,
      30_000,
    );
    const end = await jibsa.playground.waitFor(
      researcher,
      CHANNEL,
      ({ text }) => text.includes(`<@${researcher}> ✅`),
      {
        threadTs: card.ts,
      },
    );
    expect(end.text).toContain(`<@${researcher}>`);
    const thread = await jibsa.playground.messages(lead, CHANNEL, card.ts);
    expect(thread.filter(({ text }) => text.includes(`<@${researcher}>`))).toHaveLength(1);
  });

  it("is listed, shown and read, and its logs are the pod's", async () => {
    const answers: string[] = [];
    for (const text of ["list all", "status", "logs lines=5"]) {
      const before = (await jibsa.playground.messages(researcher, CHANNEL)).length;
      await jibsa.playground.command(researcher, CHANNEL, "/train", text);
      await waitUntil(
        "an answer to the command",
        async () => (await jibsa.playground.messages(researcher, CHANNEL)).length > before,
      );
      const last = (await jibsa.playground.messages(researcher, CHANNEL)).at(-1);
      answers.push(last === undefined ? "" : wordsOf(last));
    }

    expect(answers[0]).toMatch(/✅ sft · 7B/);
    expect(answers[1]).toMatch(/sft-r[a-z2-7]{11}/);
    expect(answers[2]).toMatch(/step \d+\/\d+|Training completed/);
  });

  it("shows its exact object to those who may see it, and to no guest", async () => {
    const card = (await jibsa.playground.messages(lead, CHANNEL)).find(({ text }) => text.startsWith("✅"));
    const option = /request\.object:r[a-z2-7]{11}/.exec(JSON.stringify(card?.blocks))?.[0];
    for (const person of [researcher, guest])
      await jibsa.playground.press(person, CHANNEL, card?.ts ?? "", "more", option);

    const [shown, refused] = await Promise.all([waitForView(researcher), waitForView(guest)]);

    expect(JSON.stringify(shown)).toContain("pytorchReplicaSpecs");
    expect(JSON.stringify(refused)).toContain("Guests cannot use Jibsa");
    expect(JSON.stringify(refused)).not.toContain("pytorchReplicaSpecs");
    await jibsa.playground.post("close", { user: researcher, view_id: shown.id });
    await jibsa.playground.post("close", { user: guest, view_id: refused.id });
  });

  it("is rejected, and then nothing starts", async () => {
    const card = await askForRun("start cpt model-size=7B");
    await jibsa.playground.press(lead, CHANNEL, card.ts, "approval.reject");

    await waitUntil(
      "the rejection in the card",
      async () => (await cardOf(card.ts))?.text.startsWith("❌") === true,
    );
    await jibsa.playground.press(lead, CHANNEL, card.ts, "approval.approve").catch(() => undefined);
    const now = await cardOf(card.ts);
    expect(wordsOf(now ?? card)).not.toContain("approval.approve");
  });

  it("starts at once where the policy asks nobody, from a mention in a thread, and ends when it is cancelled", async () => {
    const root = await jibsa.playground.say(researcher, CHANNEL, "evaluating today");
    await jibsa.playground.say(researcher, CHANNEL, "@jibsa train start evaluate", root);
    const preview = await jibsa.playground.waitFor(
      researcher,
      CHANNEL,
      (message) => wordsOf(message).includes("request.start"),
      { threadTs: root },
    );
    await jibsa.playground.press(researcher, CHANNEL, preview.ts, "request.start");
    const card = await jibsa.playground.waitFor(
      researcher,
      CHANNEL,
      (message) => wordsOf(message).includes("run.cancel"),
      { threadTs: root },
    );
    await jibsa.playground.press(researcher, CHANNEL, card.ts, "run.cancel");

    await jibsa.playground.waitFor(
      researcher,
      CHANNEL,
      ({ ts, text }) => ts === card.ts && text.startsWith("⚪"),
      { threadTs: root },
    );
  });
});

describe("commands", () => {
  const reply = async (user: string, command: string, text: string): Promise<string> => {
    const before = new Set((await jibsa.playground.messages(user, "general")).map(({ ts }) => ts));
    await jibsa.playground.command(user, "general", command, text);
    const message = await jibsa.playground.waitFor(user, "general", ({ ts }) => !before.has(ts));
    expect(message.is_ephemeral).toBe(true);
    return wordsOf(message);
  };

  it("show what can be done when nothing is said", async () => {
    const help = await reply(operator, "/train", "");

    for (const word of ["start", "list", "status", "logs", "cancel", "sft", "train.form"])
      expect(help).toContain(word);
  });

  it("show nodes and GPUs: total, allocated, by whom", async () => {
    const status = await reply(operator, "/cluster", "status");

    expect(status).toMatch(/\d+ of \d+ GPUs allocated/);
    expect(status).toContain("gpu-1");
    expect(status).toContain("simulated");
    expect(status).toMatch(/vision-pretrain|notebook/);
  });

  it.each([
    ["/train", "strat sft", /start/],
    ["/train", "start stf", /sft/],
    ["/train", "start sft model-size=9000B", /model-size.*1\.5B, 7B/s],
    ["/train", "start sft learning-rate=fast", /learning-rate/],
    ["/train", "start sft epochs=999 batch-size=abc", /epochs.*batch-size/s],
    ["/train", "start sft ; rm -rf /", /rm|;/],
    ["/train", "status no-such-run", /no-such-run/],
    ["/train", `start ${"x".repeat(3_900)}`, /stage|There is no/],
    ["/cluster", "status mars", /mars/],
    ["/cluster", "<!channel> *bold*", /cluster/],
  ])("answer %s %s with what is wrong and what is allowed", async (command, text, expected) => {
    const answer = await reply(operator, command, text);

    expect(answer).toMatch(expected);
    expect(answer).not.toContain("<!channel>");
  });

  it("refuse guests, and say so", async () => {
    expect(await reply(guest, "/cluster", "status")).toContain("Guests cannot use Jibsa");
    expect(await reply(guest, "/train", "start sft")).toContain("Guests cannot use Jibsa");
  });

  it("offer no approval where nobody could give it", async () => {
    await jibsa.playground.command(researcher, "jibsa", "/train", "start sft");

    const preview = await jibsa.playground.waitFor(researcher, "jibsa", (message) =>
      wordsOf(message).includes("sft · 7B"),
    );

    expect(wordsOf(preview)).not.toContain("request.start");
    expect(wordsOf(preview)).toContain("채널에서");
  });

  it("open a form whose errors stand at their fields, and whose preview comes where it was opened", async () => {
    await jibsa.playground.command(researcher, CHANNEL, "/train", "start");
    const form = await waitForView(researcher);
    const values = (learningRate: string) => ({
      stage: { "train-form.stage": "sft" },
      "sft/learning-rate": { value: learningRate },
    });
    await jibsa.playground.post("press", {
      user: researcher,
      view_id: form.id,
      action_id: "train-form.stage",
      selected: "sft",
    });
    await waitUntil("the fields of sft", async () =>
      JSON.stringify(await waitForView(researcher)).includes("sft/learning-rate"),
    );
    const refused = await jibsa.playground.post("submit", {
      user: researcher,
      view_id: form.id,
      values: values("fast"),
    });
    expect(JSON.stringify(refused)).toContain("sft/learning-rate");
    const choose = async (preset: string, shown: string) => {
      await jibsa.playground.post("press", {
        user: researcher,
        view_id: form.id,
        action_id: "train-form.preset",
        selected: `sft/${preset}`,
      });
      await waitUntil(`the values of ${preset}`, async () =>
        JSON.stringify(await waitForView(researcher)).includes(shown),
      );
    };
    await choose("quick-check", "sft/epochs/quick-check");
    expect(JSON.stringify(await waitForView(researcher))).toContain(
      '"initial_option":{"text":{"type":"plain_text","text":"1.5B"',
    );
    await choose("last", "sft/learning-rate/last");
    await choose("defaults", '"sft/learning-rate"');
    await jibsa.playground.post("press", {
      user: researcher,
      view_id: form.id,
      action_id: "train-form.deciding",
      selected: "72B",
    });
    await waitUntil("the batch size of 72B", async () =>
      JSON.stringify(await waitForView(researcher)).includes('"sft/batch-size//72B"'),
    );
    expect(JSON.stringify(await waitForView(researcher))).toContain("1-8 (model-size=72B)");
    await jibsa.playground.post("submit", { user: researcher, view_id: form.id, values: values("3e-5") });

    await jibsa.playground.waitFor(researcher, CHANNEL, (message) => wordsOf(message).includes("3e-5"));
  });

  it("answer the App Home with the person's runs", async () => {
    await jibsa.playground.post("home", { user: researcher });

    await waitUntil("the run in the Home", async () =>
      JSON.stringify(await jibsa.playground.post("home", { user: researcher })).includes("sft · 7B"),
    );
  });
});

async function waitForView(user: string): Promise<{ id: string; blocks: unknown[] }> {
  let found: { id: string; blocks: unknown[] } | undefined;
  await waitUntil("an open form", async () => {
    const { views } = (await jibsa.playground.get("views", { user })) as unknown as {
      views: { id: string; blocks: unknown[] }[];
    };
    found = views.at(-1);
    return found !== undefined;
  });
  if (found === undefined) throw new Error("no view");
  return found;
}

describe("operations", () => {
  it("tell that it lives, that every part answers, and how long acknowledging takes", async () => {
    expect((await fetch(`${jibsa.apiUrl}/healthz`)).status).toBe(200);
    const ready = await fetch(`${jibsa.apiUrl}/readyz`);
    expect(await ready.json()).toEqual({ store: true, queue: true, search: true, slack: true });
    expect(await (await fetch(`${jibsa.apiUrl}/metrics`)).text()).toMatch(
      /jibsa_slack_ack_seconds_count \d+/,
    );
  });

  it("log no secret", () => {
    expect(jibsa.output()).not.toMatch(/xox[abp]-|xapp-|postgres:\/\/jibsa:/);
  });
});
