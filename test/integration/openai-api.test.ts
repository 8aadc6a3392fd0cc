import { request } from "node:http";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createChatModel } from "#src/rag/adapters/create-chat-model.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "#src/store/api-keys.ts";
import { verifyAudit } from "#src/store/audit.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { startModelServer, type ModelServer } from "#test/servers/model-server.ts";
import { startOpenAiApi, type ApiSource } from "#test/servers/openai-api.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

const SOURCES: readonly ApiSource[] = [
  {
    name: "guides",
    pages: {
      "retry.md":
        "# Retry a failed run\n\nA failed training run is started again with the button Retry under its message.\n",
      "notebooks.md": "# Notebooks [draft](x)\n\nNotebooks are stopped after two hours without use.\n",
      "ko/queue.md":
        "# 대기열\n\n학습은 GPU가 빌 때까지 대기열에서 기다려요. 먼저 들어온 순서대로 시작해요.\n",
    },
  },
  {
    name: "leads",
    readers: { allOf: [["group:ml-leads"]] },
    pages: { "budget.md": "# Budget\n\nThe GPU budget of the vision team is 400 GPU-hours a week.\n" },
  },
];
const RESEARCHER = personFixture();
const LEAD = personFixture({ slackUserId: "U02LEAD", userGroups: ["ml-leads"], roles: ["lead"] });

let postgres: TestPostgres;
let models: ModelServer;
let store: Awaited<ReturnType<TestPostgres["createDatabase"]>>["store"];
let api: Awaited<ReturnType<typeof startOpenAiApi>>;
let secret: string;
let keyId: string;

beforeAll(async () => {
  [postgres, models] = await Promise.all([startTestPostgres(), startModelServer()]);
});
afterAll(() => Promise.all([postgres.close(), models.close()]));

async function open(options: Partial<Parameters<typeof startOpenAiApi>[0]> = {}): Promise<void> {
  api = await startOpenAiApi({ store, sources: SOURCES, ...options });
  for (const person of [RESEARCHER, LEAD]) api.members.set(person.slackUserId, person);
}
const withModel = () =>
  open({ model: createChatModel({ kind: "ollama", baseUrl: models.url, model: "test-model" }) });

beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  ({ secret, id: keyId } = await createApiKey(store, {
    person: RESEARCHER.slackUserId,
    name: "notebook",
    by: "test",
  }));
});
afterEach(() => api.close());

const client = (apiKey = secret) => new OpenAI({ apiKey, baseURL: api.url, maxRetries: 0, timeout: 20_000 });
const ask = (content: string, model = "jibsa", apiKey = secret) =>
  client(apiKey).chat.completions.create({ model, messages: [{ role: "user", content }] });
const textOf = async (answer: ReturnType<typeof ask>) => (await answer).choices[0]?.message.content ?? "";

async function stream(content: string) {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  const streamed = await client().chat.completions.create({
    model: "jibsa",
    stream: true,
    messages: [{ role: "user", content }],
  });
  for await (const chunk of streamed) chunks.push(chunk);
  return { chunks, text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("") };
}

const post = (body: object) =>
  fetch(`${api.url}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe("the documents as a model, by the official client", () => {
  it("are listed whole and source by source, each to its readers", async () => {
    await open();
    const leads = await createApiKey(store, { person: LEAD.slackUserId, name: "", by: "test" });

    const listed = await client(leads.secret).models.list();
    const listedToOthers = await client().models.list();
    const one = await client().models.retrieve("jibsa/guides");

    expect(listed.data.map(({ id }) => id)).toEqual(["jibsa", "jibsa/guides", "jibsa/leads"]);
    expect(listedToOthers.data.map(({ id }) => id)).toEqual(["jibsa", "jibsa/guides"]);
    expect(one).toMatchObject({ id: "jibsa/guides", object: "model" });
  });

  it("answer with the pages as links in the text, as annotations and as a field", async () => {
    await open();

    const answer = await ask("How do I retry a failed training run?");
    const message = answer.choices[0]?.message;
    const cited = message?.annotations?.[0]?.url_citation;

    expect(message?.content).toContain("started again with the button Retry");
    expect(message?.content).toContain("[1] [Retry a failed run](https://docs.example.com/guides/retry.md");
    expect(message?.content).toContain("quoted from the documents");
    expect(cited).toMatchObject({ title: "Retry a failed run" });
    expect(message?.content?.slice(cited?.start_index, cited?.end_index)).toContain(cited?.url);
    expect(answer).toMatchObject({
      object: "chat.completion",
      choices: [{ finish_reason: "stop" }],
      jibsa: { mode: "extractive", citations: [{ number: 1, url: cited?.url }] },
    });
  });

  it("answer in pieces as the model writes, and what is joined is the whole answer with its links", async () => {
    await withModel();
    models.behave({
      kind: "answer",
      text: "Press Retry under its message, it starts again. [1]",
      delayMs: 5,
    });

    const { chunks, text } = await stream("How do I retry a failed training run?");
    const end = chunks.at(-1);

    expect(chunks.length).toBeGreaterThan(4);
    expect(text).toMatch(/^Press Retry under its message, it starts again\. \[1\]\n\n- \[1\] \[Retry/);
    expect(end).toMatchObject({
      choices: [{ delta: {}, finish_reason: "stop" }],
      jibsa: { mode: "generated", model: "test-model" },
    });
    expect(
      chunks.flatMap(
        ({ choices }) => (choices[0]?.delta as { annotations?: [] } | undefined)?.annotations ?? [],
      ),
    ).toHaveLength(1);
  });

  it("tell the tokens that the model's server counts, in a stream to whoever asks for them", async () => {
    await withModel();
    models.behave({ kind: "answer", text: "Press Retry. [1]" });
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const question = { role: "user", content: "How do I retry a failed training run?" } as const;
    const lastChunks = async (options: object) => {
      const response = await post({ model: "jibsa", stream: true, messages: [question], ...options });
      return (await response.text()).split("\n").filter((line) => line.startsWith("data: {"));
    };

    const whole = await ask(question.content);
    const counted = await lastChunks({ stream_options: { include_usage: true } });
    const uncounted = await lastChunks({});

    expect(whole.usage).toEqual(usage);
    expect(JSON.parse(counted.at(-1)?.slice(6) ?? "")).toMatchObject({ choices: [], usage });
    expect(uncounted.join("")).not.toContain("usage");
  });

  it("quote themselves when the model breaks off, and say so where text was shown already", async () => {
    await withModel();
    models.behave({
      kind: "broken",
      text: `${"Press the button. ".repeat(4)}[1] And then`,
      afterCharacters: 60,
    });

    const { text } = await stream("How do I retry a failed training run?");

    expect(text).toMatch(/^Press the button.*\n\n\*The model broke off.*\*\n\n“A failed training run/s);
  });

  it("say that they do not know, with the nearest pages, and answer Korean in Korean", async () => {
    await open();

    const unknown = await ask("How do I bake sourdough bread at home?");
    const korean = await textOf(ask("학습은 대기열에서 언제까지 기다려요?"));

    expect(unknown.choices[0]?.message.content).toMatch(/^I don't know.*nearest pages:\n\n- \[/s);
    expect(unknown).toMatchObject({ jibsa: { mode: "no-answer" } });
    expect(korean).toContain("GPU가 빌 때까지");
    expect(korean).toContain("문서에서 그대로 옮겼어요");
  });

  it("make no link of what stands in a title", async () => {
    await open();

    const text = await textOf(ask("When are notebooks stopped without use?"));

    expect(text.match(/\]\(/g)).toHaveLength(1);
    expect(text).toContain("](https://docs.example.com/guides/notebooks.md");
  });

  it("know what was asked before", async () => {
    await withModel();
    models.behave({ kind: "answer", text: "Two hours. [1]" });

    await client().chat.completions.create({
      model: "jibsa",
      messages: [
        { role: "system", content: "Talk like a pirate." },
        { role: "user", content: "When are notebooks stopped without use?" },
        { role: "assistant", content: "After a while." },
        { role: "user", content: [{ type: "text", text: "After how many hours?" }] },
      ],
    });

    expect(models.prompts().at(-1)).toContain("Person: When are notebooks stopped without use?");
    expect(models.prompts().at(-1)).not.toContain("pirate");
  });

  it("are asked within one source alone where its model is chosen", async () => {
    await open();
    const leads = await createApiKey(store, { person: LEAD.slackUserId, name: "", by: "test" });

    const text = await textOf(ask("How do I retry a failed training run?", "jibsa/leads", leads.secret));

    expect(text).toMatch(/^I don't know/);
    expect(text).not.toContain("retry.md");
  });
});

describe("a key", () => {
  it("reads what its person may read and not a word more", async () => {
    await open();
    const leads = await createApiKey(store, { person: LEAD.slackUserId, name: "", by: "test" });
    const question = "What is the GPU budget of the vision team?";

    const allowed = await textOf(ask(question, "jibsa", leads.secret));
    const refused = await textOf(ask(question));
    const unknown = await ask(question, "jibsa/leads").catch((error: unknown) => error);

    expect(allowed).toContain("400 GPU-hours");
    expect(refused).not.toMatch(/400|budget/i);
    expect(unknown).toMatchObject({ status: 404, code: "model_not_found" });
  });

  it("is kept as a hash alone, its use noted, its life audited", async () => {
    await open();
    await ask("How do I retry a failed training run?");

    const kept = JSON.stringify(await store.selectFrom("api_keys").selectAll().execute());
    const audit = await store.selectFrom("audit").select(["event", "subject", "detail"]).execute();

    expect(kept).not.toContain(secret);
    expect(JSON.stringify(audit)).not.toContain(secret);
    expect((await listApiKeys(store))[0]).toMatchObject({
      id: keyId,
      name: "notebook",
      lastUsedAt: expect.any(Date) as Date,
    });
    expect(audit).toMatchObject([{ event: "api-key-created", subject: `api-key:${keyId}` }]);
    expect(await verifyAudit(store)).toEqual({ kind: "intact", rows: 1 });
  });

  it("opens nothing once it is revoked, unknown or left out", async () => {
    await open();
    await client().models.list();

    const revoked = await revokeApiKey(store, { id: keyId, by: "test" });

    expect(revoked).toBe("revoked");
    expect(await revokeApiKey(store, { id: keyId, by: "test" })).toBe("already-revoked");
    for (const wrong of [secret, "jibsa-made-up", "sk-other"])
      await expect(client(wrong).models.list()).rejects.toMatchObject({
        status: 401,
        code: "invalid_api_key",
      });
    const bare = await fetch(`${api.url}/models`);
    expect(bare.status).toBe(401);
    expect(bare.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("opens nothing while its person is gone, has no role, or cannot be looked up", async () => {
    await open();

    api.members.delete(RESEARCHER.slackUserId);
    await expect(client().models.list()).rejects.toMatchObject({ status: 403, code: "person_refused" });
    api.members.set(RESEARCHER.slackUserId, { ...RESEARCHER, roles: [] });
    await expect(client().models.list()).rejects.toMatchObject({ status: 403, code: "person_refused" });
    api.people.isAway = true;
    await expect(client().models.list()).rejects.toMatchObject({ status: 503, code: "people_unavailable" });

    const refusals = await store
      .selectFrom("audit")
      .select("detail")
      .where("event", "=", "api-key-refused")
      .execute();
    expect(refusals).toEqual([{ detail: { cause: "no-member" } }]);
  });
});

describe("a call that cannot be answered", () => {
  it("gets an error that the official client understands", async () => {
    await open();
    const chat = (body: object) => client().post("/chat/completions", { body });
    const user = { role: "user", content: "?" };

    const expected: [() => Promise<unknown>, object][] = [
      [() => ask("?", "gpt-4o"), { status: 404, code: "model_not_found", param: "model" }],
      [
        () => client().post("/images/generations", { body: { prompt: "x" } }),
        { status: 404, code: "unknown_url" },
      ],
      [
        () => chat({ model: "jibsa", messages: [] }),
        { status: 400, code: "invalid_value", param: "messages" },
      ],
      [() => chat({ model: "jibsa", messages: [{ ...user, role: "assistant" }] }), { status: 400 }],
      [() => chat({ model: "jibsa", messages: [user], n: 2 }), { status: 400, code: "unsupported_value" }],
      [() => ask("x".repeat(4_001)), { status: 400, code: "string_above_max_length" }],
      [() => ask("x".repeat(1_100_000)), { status: 413, code: "request_too_large" }],
      [() => client().get("/chat/completions"), { status: 405 }],
    ];

    for (const [call, error] of expected) await expect(call()).rejects.toMatchObject(error);
  });

  it("is a 503 while the search is away, streamed or not", async () => {
    await open();
    api.index.isAway = true;

    await expect(ask("How do I retry?")).rejects.toMatchObject({ status: 503, code: "search_unavailable" });
    await expect(stream("How do I retry?")).rejects.toMatchObject({ status: 503 });
  });

  it("is a 429 with a time to wait beyond the key's rate", async () => {
    await open({ requestsPerMinute: 2 });
    await client().models.list();
    await client().models.list();

    const refused = await fetch(`${api.url}/models`, { headers: { authorization: `Bearer ${secret}` } });

    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({ error: { type: "rate_limit_error" } });
  });

  it.each([
    ["under another name", { host: "evil.example" }],
    ["by a page of another site", { origin: "https://evil.example" }],
  ])("is refused %s, whatever key it has", async (_, headers) => {
    await open();

    const status = await new Promise<number | undefined>((done, failed) => {
      request(
        `${api.url}/models`,
        { headers: { authorization: `Bearer ${secret}`, ...headers } },
        (response) => {
          response.resume();
          done(response.statusCode);
        },
      )
        .on("error", failed)
        .end();
    });

    expect(status).toBe(403);
  });
});

describe("a client that leaves", () => {
  it("stops the model", async () => {
    await withModel();
    models.behave({ kind: "endless", text: "Press Retry. [1] " });
    const leaving = new AbortController();
    const streamed = await client().chat.completions.create(
      { model: "jibsa", stream: true, messages: [{ role: "user", content: "How do I retry a failed run?" }] },
      { signal: leaving.signal },
    );
    for await (const chunk of streamed) if ((chunk.choices[0]?.delta.content ?? "") !== "") break;

    leaving.abort();

    await waitUntil("the model to be let go", () => models.openStreams() === 0);
    expect(await store.selectFrom("answers").select("id").execute()).toEqual([]);
  });
});

/** As backend/open_webui sends them: https://github.com/open-webui/open-webui */
describe("Open WebUI", () => {
  it("verifies its connection, lists the models, then reads an answer line by line", async () => {
    await open();
    const listed = await fetch(`${api.url}/models`, { headers: { authorization: `Bearer ${secret}` } });
    const offered = (await listed.json()) as { data: { id: string }[] };

    const response = await post({
      stream: true,
      model: offered.data[0]?.id,
      messages: [{ role: "user", content: "How do I retry a failed training run?" }],
      stream_options: { include_usage: true },
    });
    const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: "));
    const texts = lines.slice(0, -1).map((line) => {
      const chunk = JSON.parse(line.slice("data: ".length)) as { choices: { delta: { content?: string } }[] };
      return chunk.choices[0]?.delta.content ?? "";
    });

    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(lines.at(-1)).toBe("data: [DONE]");
    expect(texts.join("")).toContain("](https://docs.example.com/guides/retry.md");
    // Kept after it was given: nobody waits for that.
    await waitUntil(
      "the answer to be kept",
      async () => (await store.selectFrom("answers").select("id").execute()).length > 0,
    );
    expect(await store.selectFrom("answers").select(["asker", "channel", "mode"]).execute()).toEqual([
      { asker: RESEARCHER.slackUserId, channel: `api:${keyId}`, mode: "extractive" },
    ]);
  });

  it.each([
    ["title", "Generate a concise, 3-5 word title", { title: "How do I retry a failed training run?" }],
    ["tags", "Generate 1-3 broad tags", { tags: ["General"] }],
    ["follow_ups", "Suggest 3-5 relevant follow-up questions", { follow_ups: [] }],
    ["queries", "Analyze the chat history to determine the necessity of search queries", { queries: [] }],
  ])("asks for %s beside a chat, and no document is searched for it", async (field, task, expected) => {
    await open();
    const prompt = `### Task:\n${task}\n### Output:\nJSON format: { "${field}": "…" }\n### Chat History:\n<chat_history>\nUSER: How do I retry a failed training run?\nASSISTANT: With a button.\n</chat_history>`;

    const response = await post({
      model: "jibsa",
      stream: false,
      messages: [{ role: "user", content: prompt }],
    });
    const answer = (await response.json()) as OpenAI.ChatCompletion;

    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual(expected);
    expect(api.asked()).toBe(0);
  });
});
