import { pino } from "pino";
import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, it } from "vitest";
import { askForPull } from "#src/bot/models/ask-for-pull.ts";
import type { HandlingContext } from "#src/bot/bot-deps.ts";
import { pullModel } from "#src/bot/models/pull-model.ts";
import { showModels } from "#src/bot/models/show-models.ts";
import { textsFor } from "#src/bot/texts/texts.ts";
import { openModelServers } from "#src/compose/open-model-servers.ts";
import { createOllamaServer } from "#src/rag/adapters/model-servers.ts";
import { isModelName } from "#src/rag/model-server.ts";
import type { Store } from "#src/store/database.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { startModelServer } from "#test/servers/model-server.ts";
import { startOllama, type OllamaServer } from "#test/servers/ollama.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

const logger = pino({ level: "silent" });
const MODEL = "qwen3:8b";
const SIZE = 40_000_000;
let postgres: TestPostgres;
let store: Store;
let ollama: OllamaServer;
let now: Date;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  now = new Date("2026-11-25T00:00:00Z");
  ollama = await startOllama({
    models: ["llama3.2:latest"],
    library: { [MODEL]: [SIZE - 1_000_000, 1_000_000] },
  });
});
afterEach(() => ollama.close());

const named = (name: string, provider: "ollama" | "openai", url: string, model: string) => ({
  name,
  provider,
  url,
  model,
  channels: [],
  timeout: 60_000,
  firstWord: 30_000,
});

function world(
  models: Parameters<typeof openModelServers>[0]["models"] = [
    named("fast", "ollama", ollama.url, "llama3.2"),
  ],
) {
  const answered: string[] = [];
  const rung: string[] = [];
  const deps = {
    store,
    logger,
    now: () => now,
    notedEveryMs: 0,
    modelServers: openModelServers(
      {
        models,
        modelTokens: { large: "key" },
        knowledge: {},
        searchTokens: { embedder: undefined, reranker: undefined },
      },
      undefined,
    ),
    enqueue: async (name: string, payload: object) =>
      void (name === "pull-model" && rung.push((payload as { pullId: string }).pullId)),
    reply: {
      answer: async (_delivery: unknown, view: { text: string; blocks: unknown[] }) =>
        void answered.push(JSON.stringify(view)),
    },
    actions: {
      policy: {
        roles: [],
        rules: [
          { name: "looks", effect: "allow", actions: ["models-list"] },
          { name: "pulls", effect: "allow", actions: ["models-pull"], roles: ["operator"] },
        ],
        approvals: [],
      },
    },
  };
  const context = (id: string, roles: readonly string[]) =>
    ({
      deps,
      delivery: { channel: "D1", user: "U1", ts: "1.1", direct: true },
      person: { ...personFixture(), roles },
      id,
      texts: textsFor("en"),
    }) as unknown as HandlingContext;
  return {
    answered,
    rung,
    show: () => showModels(context("look", ["researcher"])),
    ask: (
      id: string,
      model = MODEL,
      { on = "", roles = ["operator"] }: { on?: string; roles?: readonly string[] } = {},
    ) => askForPull(context(id, roles), model, on),
    pull: (id: string, signal = AbortSignal.timeout(20_000)) => pullModel(deps, id, signal),
  };
}

const rowOf = (id: string) =>
  store.selectFrom("model_pulls").selectAll().where("id", "=", id).executeTakeFirst();
const shown = async (): Promise<string[]> =>
  (await store.selectFrom("outbox").select("payload").orderBy("id").execute()).map(({ payload }) =>
    JSON.stringify(payload),
  );
const audited = async (): Promise<string[]> =>
  (await store.selectFrom("audit").select("event").orderBy("seq").execute()).map(({ event }) => event);

describe("/jibsa models", () => {
  it("shows what is configured, what is there, and what lies in memory until when", async () => {
    const vllm = await startModelServer();
    ollama.load("llama3.2:latest");
    const { show, answered } = world([
      named("fast", "ollama", ollama.url, "llama3.2"),
      named("missing", "ollama", `${ollama.url}/`, MODEL),
      named("large", "openai", vllm.openAiUrl, "test-model"),
    ]);

    await show();
    await vllm.close();

    expect(answered[0]).toContain(`*Ollama* · \`${ollama.name}\``);
    expect(answered[0]).toContain("configured: `fast` = `llama3.2`\\n");
    expect(answered[0]).toContain(
      "configured: `missing` = `qwen3:8b` · ⚠️ its server does not have it: `/jibsa models pull qwen3:8b`",
    );
    expect(answered[0]).toMatch(
      /`llama3\.2:latest` · 5 MB · 8\.2B · Q4_K_M · \*loaded, 6\.5 GB of memory, 50 % on GPUs, until <!date\^1795577400\^/,
    );
    expect(answered[0]).toContain("*OpenAI-compatible server*");
    expect(answered[0]).toContain("• `test-model`");
  });

  it("says which server does not answer, and that there is none", async () => {
    const { show, answered } = world();
    ollama.break(true);

    await show();
    await world([]).show();
    const none = world([]);
    await none.show();

    expect(answered[0]).toContain("does not answer");
    expect(none.answered[0]).toContain("No model is connected");
  });
});

describe("a pull", () => {
  it("shows how far it is, and that it is there", async () => {
    const { ask, pull, rung } = world();

    await ask("p1");
    const outcome = await pull("p1");

    expect(rung).toEqual(["p1"]);
    expect(outcome).toBeUndefined();
    expect(await rowOf("p1")).toMatchObject({ state: "done", model: MODEL, server: ollama.name });
    expect(
      (await shown()).some((line) => /[1-9]\d? % · \d+ MB \/ 4\d MB|[1-9]\d? % · \d+ MB \/ 39 MB/.test(line)),
    ).toBe(true);
    expect((await shown()).at(-1)).toContain("✅ Pulled");
    expect(await audited()).toEqual(["model-pull-asked", "model-pulled"]);
  });

  it("edits its message no more often than Slack takes, however much the server tells", async () => {
    const { ask, pull } = world();

    await ask("p1");
    await pull("p1");

    // The first line, nine edits of a window, and the end.
    expect((await shown()).length).toBeLessThanOrEqual(11);
  });

  it("goes on where it was when its worker is gone in the middle", async () => {
    const { ask, pull } = world();
    const worker = new AbortController();
    await ask("p1");
    const cut = pull("p1", worker.signal);
    await waitUntil("half of it", () => ollama.fetchedBytes() > SIZE / 2);
    worker.abort(new Error("killed"));
    await expect(cut).rejects.toThrow("killed");
    await waitUntil("the server to see it", () => ollama.openPulls() === 0);
    const before = await rowOf("p1");

    await pull("p1");

    expect(before?.state).toBe("open");
    expect((await rowOf("p1"))?.state).toBe("done");
    expect(ollama.pulls()).toBe(2);
    expect(ollama.fetchedBytes()).toBe(SIZE);
  });

  it("waits for a server that is away, says so, and gives it up after a quarter of an hour", async () => {
    const { ask, pull } = world();
    await ask("p1");
    ollama.break(true);

    const away = await pull("p1");
    const said = (await shown()).at(-1);
    now = new Date(now.getTime() + 901_000);
    const given = await pull("p1");

    expect(away).toEqual({ againInMs: 5_000 });
    expect(said).toContain("does not answer now");
    expect(given).toBeUndefined();
    expect((await shown()).at(-1)).toContain("could not be pulled");
    expect(await audited()).toEqual(["model-pull-asked", "model-pull-failed"]);
  });

  it("of a model that does not exist says so in the server's words", async () => {
    const { ask, pull } = world();

    await ask("p1", "nothing");
    await pull("p1");

    expect(await rowOf("p1")).toMatchObject({ state: "failed", model: "nothing:latest" });
    expect((await shown()).at(-1)).toContain("file does not exist");
  });

  it("is made once: for a delivery that comes twice, and for two who ask for the same", async () => {
    const { ask, pull, answered } = world();

    await ask("p1");
    await ask("p1");
    await ask("p2");
    await pull("p1");
    await pull("p1");

    expect(ollama.pulls()).toBe(1);
    expect(await store.selectFrom("model_pulls").select("id").execute()).toEqual([{ id: "p1" }]);
    expect(answered).toHaveLength(1);
    expect(answered[0]).toContain("is being pulled already");
    expect(await audited()).toEqual(["model-pull-asked", "model-pulled"]);
  });

  it.each([
    ["by somebody without a rule for it", MODEL, { roles: ["researcher"] }, "models-pull"],
    ["of no name", "", {}, "Which model?"],
    ["of a name with a host", "evil.example/team/model", {}, "Which model?"],
    ["on a server that is not there", MODEL, { on: "other" }, "On which server?"],
  ] as const)("%s is refused and asks no server", async (_, model, options, told) => {
    const { ask, answered } = world();

    await ask("p1", model, options);

    expect(answered[0]).toContain(told);
    expect(ollama.pulls()).toBe(0);
    expect(await store.selectFrom("model_pulls").selectAll().execute()).toEqual([]);
  });

  it("asks on which of two servers", async () => {
    const other = await startOllama({ models: [], library: {} });
    const { ask, answered, rung } = world([
      named("fast", "ollama", ollama.url, "a"),
      named("slow", "ollama", other.url, "b"),
    ]);

    await ask("p1");
    await ask("p2", MODEL, { on: "slow" });
    await other.close();

    expect(answered[0]).toContain(`\`on=${ollama.name}\` or \`on=${other.name}\``);
    expect(rung).toEqual(["p2"]);
    expect(await rowOf("p2")).toMatchObject({ server: other.name });
  });
});

it("a pull of which nothing is heard any more counts as an outage", async () => {
  const server = createOllamaServer({ baseUrl: ollama.url, uses: [], silentMs: 60 });
  ollama.hold(true);

  const pulling = async () => {
    for await (const event of server.pull?.(MODEL, AbortSignal.timeout(20_000)) ?? [])
      expect(event.kind).toBe("progress");
  };

  await expect(pulling()).rejects.toThrow("silent for 60 ms");
});

describe("a model's name", () => {
  it.each(["qwen3:8b", "llama3.2", "nomic-embed-text:v1.5", "team/model:q4_K_M", "bge-m3"])(
    "is %s",
    (name) => {
      expect(isModelName(name)).toBe(true);
    },
  );

  it.each([
    "",
    "../x",
    "a/b/c",
    "hf.co/a/b",
    "evil.example/x",
    "http://x/y",
    "a b",
    "a:b:c",
    "-a",
    "a..b",
    "a\nb",
    "a".repeat(121),
    "모델",
    "x:",
    "/x",
  ])("is not %j", (name) => {
    expect(isModelName(name)).toBe(false);
  });
});
