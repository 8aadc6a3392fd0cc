import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { cleanEnvironment, startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { wordsOf, type PlaygroundMessage } from "#test/servers/playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** The guest is in the first, not in the second. */
const WITH_GUEST = "general";
const TEAM_ONLY = "mlops-alerts";
const RESEARCHER = "minji";
const LEAD = "junho";
const OPERATOR = "sora";
const BUDGET_QUESTION = "How large is the yearly GPU budget of the vision team?";
const ROTA_QUESTION = "Who is on call for the storage cluster on Sundays?";
/** What nobody but the lead may see, in whatever form. */
const BUDGET = /400 H100|budget-2026|Vision budget|비전/;

let folder: string;
let config: string;
let jibsa: Jibsa;

beforeAll(async () => {
  folder = await makeTemporaryFolder("readers");
  const write = async (source: string, path: string, content: string) => {
    await mkdir(join(folder, source), { recursive: true });
    await writeFile(join(folder, source, path), content);
  };
  await write(
    "open",
    "retry.md",
    "# Retry a failed run\n\nA failed run is started again with the Retry button.\n",
  );
  await write(
    "leads",
    "budget-2026.md",
    "# Vision budget\n\nThe yearly GPU budget of the vision team is 400 H100 months.\n",
  );
  await write("leads", "locked.pdf", "%PDF-1.7\n");
  await write(
    "team",
    "rota.md",
    "# On-call rota\n\nOn Sundays the storage cluster is on call with the platform crew.\n",
  );
  const source = (name: string, fields: object) => ({ name, folder: join(folder, name), ...fields });
  config = await writeSettings(folder, (settings) => {
    settings["model"] = { provider: "none" };
    settings["knowledge"] = {
      sources: [
        source("open", {}),
        source("leads", { baseUrl: "https://leads.example.com/", readers: ["group:ml-leads"] }),
        source("team", {
          baseUrl: "https://team.example.com/",
          readers: ["group:researchers", "role:operator"],
        }),
      ],
    };
  });
  jibsa = await startJibsa({ dataDir: join(folder, "data"), args: ["--config", config] });
  await waitUntil(
    "all to be synced",
    () => [...jibsa.output().matchAll(/"msg":"synced a source"/g)].length >= 3,
    60_000,
  );
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await rm(folder, { recursive: true, force: true });
});

const isAnswer = (message: PlaygroundMessage): boolean => wordsOf(message).includes("answer.helpful");
async function ask(user: string, channel: string, question: string, threadTs?: string): Promise<string> {
  const isDirect = channel === "@jibsa";
  const ts = await jibsa.playground.say(user, channel, isDirect ? question : `@jibsa ${question}`, threadTs);
  const thread = threadTs ?? ts;
  const answer = await jibsa.playground.waitFor(
    user,
    channel,
    (message) => isAnswer(message) && Number(message.ts) > Number(ts),
    { threadTs: thread },
  );
  return wordsOf(answer);
}
const shell = (...words: string[]) =>
  promisify(execFile)(
    process.execPath,
    [MAIN, ...words, "--config", config, "--data-dir", join(folder, "data")],
    {
      env: cleanEnvironment(),
    },
  ).then(({ stdout }) => stdout);

describe("a restricted document", () => {
  it("answers its readers where they are alone, and nobody else", async () => {
    expect(await ask(LEAD, "@jibsa", BUDGET_QUESTION)).toMatch(
      /400 H100[^]*leads\.example\.com\/budget-2026\.md/,
    );
    expect(await ask(RESEARCHER, "@jibsa", BUDGET_QUESTION)).not.toMatch(BUDGET);
    expect(await ask(OPERATOR, "@jibsa", BUDGET_QUESTION)).not.toMatch(BUDGET);
  });

  it("answers in a channel if everybody there may read it, and in no other", async () => {
    expect(await ask(RESEARCHER, TEAM_ONLY, ROTA_QUESTION)).toContain("team.example.com/rota.md");
    expect(await ask(RESEARCHER, WITH_GUEST, ROTA_QUESTION)).not.toMatch(/platform crew|rota/i);
    expect(await ask(LEAD, TEAM_ONLY, BUDGET_QUESTION)).not.toMatch(BUDGET);
  });

  it("is left out of what /ask posts for everybody, whoever asks", async () => {
    await jibsa.playground.command(LEAD, TEAM_ONLY, "/ask", `${BUDGET_QUESTION} Say it here.`);

    const question = await jibsa.playground.waitFor(LEAD, TEAM_ONLY, (message) =>
      message.text.includes("Say it here"),
    );
    const answer = await jibsa.playground.waitFor(LEAD, TEAM_ONLY, isAnswer, { threadTs: question.ts });

    expect(wordsOf(answer)).not.toMatch(BUDGET);
  });

  it("answers a key of its reader over /v1 and no other's, and names its source to nobody else", async () => {
    const call = async (person: string) => {
      const key = (await shell("key", "create", "--person", person)).trim();
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const models = await fetch(`${jibsa.apiUrl}/v1/models`, { headers });
      const body = { model: "jibsa", messages: [{ role: "user", content: BUDGET_QUESTION }] };
      const answer = await fetch(`${jibsa.apiUrl}/v1/chat/completions`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      const scoped = await fetch(`${jibsa.apiUrl}/v1/chat/completions`, {
        method: "POST",
        headers,
        body: JSON.stringify({ ...body, model: "jibsa/leads" }),
      });
      return { models: await models.text(), answer: await answer.text(), scoped: scoped.status };
    };

    const lead = await call("U02LEAD");
    const researcher = await call("U01RESEARCHER");

    expect(lead.models).toContain("jibsa/leads");
    expect(lead.answer).toMatch(BUDGET);
    expect(lead.scoped).toBe(200);
    expect(researcher.models).toContain("jibsa/team");
    expect(researcher.models).not.toContain("leads");
    expect(researcher.answer).not.toMatch(BUDGET);
    expect(researcher.scoped).toBe(404);
  });

  it("answers the shell as a person who may read it, and not without one", async () => {
    expect(await shell("ask", BUDGET_QUESTION)).not.toMatch(BUDGET);
    expect(await shell("ask", BUDGET_QUESTION, "--as", "U01RESEARCHER")).not.toMatch(BUDGET);
    expect(await shell("ask", BUDGET_QUESTION, "--as", "U02LEAD")).toMatch(/400 H100/);
  });

  it("is not served by the api port, where everybody looks", async () => {
    const page = await fetch(`${jibsa.apiUrl}/docs/leads/budget-2026.md`);

    expect(page.status).toBe(404);
    expect((await fetch(`${jibsa.apiUrl}/docs/open/retry.md`)).status).toBe(200);
  });
});

describe("an answer for oneself alone", () => {
  const privately = async (question: string, says: RegExp): Promise<PlaygroundMessage> => {
    await jibsa.playground.command(LEAD, TEAM_ONLY, "/ask", `--private ${question}`);
    return jibsa.playground.waitFor(
      LEAD,
      TEAM_ONLY,
      (message) =>
        message.is_ephemeral === true &&
        isAnswer(message) &&
        /answer\.share/.test(wordsOf(message)) &&
        says.test(wordsOf(message)),
    );
  };
  const everybodySees = async (): Promise<string> =>
    (await jibsa.playground.messages(RESEARCHER, TEAM_ONLY)).map(wordsOf).join("\n");

  it("uses all that its asker may read, is seen by nobody else, and is not shared with those who may not", async () => {
    const answer = await privately(BUDGET_QUESTION, BUDGET);
    await jibsa.playground.press(LEAD, TEAM_ONLY, answer.ts, "answer.share");
    const told = await jibsa.playground.waitFor(
      LEAD,
      TEAM_ONLY,
      (message) =>
        message.is_ephemeral === true && /Vision budget/.test(wordsOf(message)) && !isAnswer(message),
    );

    expect(wordsOf(answer)).toMatch(/400 H100[^]*leads\.example\.com\/budget-2026\.md/);
    expect(wordsOf(told)).toContain("leads.example.com/budget-2026.md");
    expect(await everybodySees()).not.toMatch(BUDGET);
  });

  it("is shared where everybody may read its pages, once", async () => {
    const answer = await privately(
      "Who is on call for the storage cluster on Saturdays and Sundays?",
      /platform crew/,
    );
    expect(await everybodySees()).not.toContain("on Saturdays");

    await jibsa.playground.press(LEAD, TEAM_ONLY, answer.ts, "answer.share");
    const shared = await jibsa.playground.waitFor(RESEARCHER, TEAM_ONLY, (message) =>
      /on Saturdays[^]*platform crew[^]*team\.example\.com/.test(wordsOf(message)),
    );
    await jibsa.playground.press(LEAD, TEAM_ONLY, answer.ts, "answer.share");
    await jibsa.playground.waitFor(LEAD, TEAM_ONLY, (message) =>
      /공유한 답변|shared already/.test(wordsOf(message)),
    );

    expect(shared.is_ephemeral).not.toBe(true);
    expect((await everybodySees()).match(/on Saturdays/g)).toHaveLength(
      (wordsOf(shared).match(/on Saturdays/g) ?? []).length,
    );
  });
});

describe("/docs sources", () => {
  const privately = async (user: string, fits: RegExp): Promise<string> => {
    await jibsa.playground.command(user, TEAM_ONLY, "/docs", "sources");
    return wordsOf(
      await jibsa.playground.waitFor(
        user,
        TEAM_ONLY,
        (message) => message.is_ephemeral === true && fits.test(wordsOf(message)),
      ),
    );
  };

  it("names no source that a person does not read, nor what was left out of it", async () => {
    const lead = await privately(LEAD, /\*open\*/);
    const researcher = await privately(RESEARCHER, /\*open\*/);

    expect(lead).toMatch(/\*leads\*[^]*locked\.pdf/);
    expect(researcher).toContain("*team*");
    expect(researcher).not.toMatch(/leads|locked/);
  });

  it("names in a channel what everybody there may know of", async () => {
    const ts = await jibsa.playground.say(LEAD, TEAM_ONLY, "@jibsa docs sources");
    const shown = wordsOf(
      await jibsa.playground.waitFor(LEAD, TEAM_ONLY, (message) => /\*open\*/.test(wordsOf(message)), {
        threadTs: ts,
      }),
    );

    expect(shown).toContain("*team*");
    expect(shown).not.toMatch(/\*leads\*/);
  });

  it("syncs no source that whoever asks does not know of", async () => {
    await jibsa.playground.command(OPERATOR, TEAM_ONLY, "/docs", "sync leads");

    const told = await jibsa.playground.waitFor(OPERATOR, TEAM_ONLY, (message) =>
      /no document source/.test(wordsOf(message)),
    );

    expect(told.is_ephemeral).toBe(true);
    expect(wordsOf(told)).toContain("There are: `open`, `team`");
  });
});
