import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions, type Actions } from "#src/actions/create-actions.ts";
import type { Person, Stage } from "#src/actions/ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import type { WhyReport } from "#src/actions/training/train-why.ts";
import type { HandlingContext } from "#src/bot/bot-deps.ts";
import { changeWaiting } from "#src/bot/change-waiting.ts";
import { drawRequest } from "#src/bot/draw-request.ts";
import { textsFor } from "#src/bot/texts/texts.ts";
import type { MessageView } from "#src/bot/views/message.ts";
import { validateBlocks } from "#src/slack-limits/validate-blocks.ts";
import { waitingCard } from "#src/bot/views/waiting-card.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { lead, personFixture, policyFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { makeQueues } from "#test/servers/kueue-objects.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { startSimulated } from "#test/servers/simulated-cluster.ts";

const namespace = "llm-training";
const minji = personFixture();
const junho = lead();
const place = { channel: "C02TRAINING", locale: "ko" as const };
const minutes = (number: number) => number * 60_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

let database: OpenStore;
let opened: Awaited<ReturnType<typeof startSimulated>>;
let actions: Actions;
let nowMs: number;
beforeEach(async () => {
  database = await postgres.createDatabase();
  opened = await startSimulated();
  nowMs = Date.now();
  const clusters = new Map([["onprem-a", opened.cluster]]);
  actions = createActions({
    store: database.store,
    policy: { ...policyFixture, approvals: [] },
    stages: [stageFixture(), queued()],
    clusters,
    engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
    rates: { currency: "KRW", perGpuHour: { h100: 1_300 } },
    findPerson: async (id) => [minji, junho].find(({ slackUserId }) => slackUserId === id),
    now: () => new Date(nowMs),
  });
});
afterEach(() => opened.close());

/** A stage that names its queue. */
function queued(): Stage {
  const base = stageFixture({ name: "queued" });
  const label = "kueue.x-k8s.io/queue-name";
  return {
    ...base,
    template: { ...base.template, metadata: { labels: { [label]: "research" } } },
    parameters: [
      ...base.parameters,
      {
        name: "queue",
        summary: { en: "Queue", ko: "큐" },
        type: "string",
        default: "research",
        choices: ["research", "batch"],
        path: ["metadata", "labels", label],
      },
    ],
  };
}
async function start(
  id: string,
  gpus: number,
  { stage = "sft", as = minji }: { stage?: string; as?: Person } = {},
) {
  const parameters = { gpus: String(gpus) };
  const outcome = await actions.request(id, as, "train-start", { stage, parameters }, place);
  if (outcome.kind !== "previewed") throw new Error(JSON.stringify(outcome));
  await actions.start(id, as, "start");
  await actions.run(id);
  opened.clock.advance(1_000);
  nowMs += 1_000;
  await actions.observe(id);
  return outcome.preview;
}
async function why(run: string): Promise<Extract<WhyReport, { kind: "waiting" }>> {
  const outcome = await actions.read("look", minji, "train-why", { run });
  if (outcome.kind !== "answered" || outcome.output.kind !== "waiting")
    throw new Error(JSON.stringify(outcome));
  return outcome.output;
}
/** Runs of the past that waited that long. */
async function waited(gpus: number, waits: readonly number[], simulated = true) {
  for (const [index, wait] of waits.entries()) {
    const id = `old-${gpus}-${index}-${simulated}`;
    await actions.request(id, minji, "train-start", { stage: "sft", parameters: {} }, place);
    const created = new Date(nowMs - minutes(10_000 + index));
    await database.store
      .insertInto("runs")
      .values({
        id,
        request_id: id,
        engine: "pytorch-job",
        stage: "sft",
        title: "sft",
        cluster: "onprem-a",
        namespace,
        name: id,
        uid: null,
        owner: minji.slackUserId,
        gpus,
        simulated,
        state: "succeeded",
        created_at: created,
        started_at: new Date(created.getTime() + wait),
        ended_at: new Date(nowMs),
      })
      .execute();
  }
}
const cardOf = (report: WhyReport, locale: "en" | "ko" = "en") =>
  waitingCard(report, true, new Date(nowMs), textsFor(locale));

describe("a run for which no node has room", () => {
  beforeEach(async () => {
    // Five of the 8 h100 of gpu-1 are in use from the beginning.
    await start("r1", 7, { as: junho });
    opened.clock.advance(5_000);
    await actions.observe("r1");
    await start("r3", 8);
  });

  it("is told the largest free block, who holds the GPUs, and fewer GPUs that would do", async () => {
    const report = await why("r3");

    expect(report.explanation).toMatchObject({
      reason: {
        kind: "all-busy",
        gpus: 8,
        gpuType: "h100",
        largestFree: { gpus: 3, node: "gpu-1" },
      },
      ahead: [],
      estimate: { kind: "no-history", waits: 0, needed: 5 },
    });
    expect(report.explanation.holders.map(({ run, gpus }) => `${run} ${gpus}`)).toEqual([
      "sft-r1 7",
      "vision-pretrain-0 4",
      "notebook-haneul-0 1",
    ]);
    expect(report.ways).toEqual([{ kind: "fewer-gpus", parameter: "gpus", to: 2 }]);
  });

  it("stands behind those that began to wait before it", async () => {
    await start("r4", 8, { as: junho });

    expect((await why("r4")).explanation.ahead).toEqual([
      { title: "sft · 7B", owner: minji.slackUserId, gpus: 8 },
    ]);
  });

  it("expects what similar runs of the same kind of cluster waited, and nothing of other sizes", async () => {
    await waited(8, [10, 20, 30, 40, 50].map(minutes));
    await waited(2, [1, 1, 1, 1, 1].map(minutes));
    await waited(8, [900, 900, 900, 900, 900].map(minutes), false);

    const report = await why("r3");

    const { created_at: since } = report.run;
    expect(report.explanation.estimate).toEqual({
      kind: "range",
      from: new Date(since.getTime() + minutes(20)),
      to: new Date(since.getTime() + minutes(40)),
      waits: 5,
    });
  });

  it("says so in its own message in the reader's language", async () => {
    await drawRequest(database.store, "r3", async (name) => name);

    const line = await database.store
      .selectFrom("outbox")
      .select("payload")
      .where("key", "like", "card.r3.%")
      .orderBy("id", "desc")
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(line.payload)).toContain("h100 8개가 한꺼번에 비어 있는 노드가 없어요.");
    expect(JSON.stringify(line.payload)).toContain("run.why");
  });

  it("pings once when it starts after waiting for more than two minutes", async () => {
    const begin = async (waitedMs: number) => {
      await database.store
        .updateTable("runs")
        .set({
          state: "running",
          started_at: new Date(nowMs + waitedMs),
          observed_at: new Date(nowMs + waitedMs),
        })
        .where("id", "=", "r3")
        .execute();
      await database.pool.query("update requests set version = version + 1 where id = 'r3'");
      await drawRequest(database.store, "r3", async (name) => name);
    };
    const pings = async () =>
      (
        await database.store.selectFrom("outbox").select("payload").where("key", "=", "started.r3").execute()
      ).map(({ payload }) => (payload as { view: MessageView }).view.text);

    await begin(minutes(1));
    expect(await pings()).toEqual([]);
    await begin(minutes(22));
    await begin(minutes(22));

    expect(await pings()).toEqual([expect.stringContaining("22분 기다린 뒤 시작했어요")]);
  });

  it("is explained to nobody who may not look at it", async () => {
    const outcome = await actions.read("look", personFixture({ roles: [] }), "train-why", { run: "r3" });

    expect(outcome.kind).toBe("denied");
  });
});

describe("a run that a queue holds back", () => {
  beforeEach(async () => {
    await makeQueues(opened.cluster, {
      clusterQueue: "gpus",
      gpus: 4,
      gpuType: "h100",
      namespace,
      localQueues: ["research", "batch"],
    });
    await start("r1", 2, { stage: "queued", as: junho });
    await start("r2", 3, { stage: "queued", as: junho });
    await start("r3", 4, { stage: "queued" });
  });

  it("is waiting at its place, not suspended", async () => {
    const run = await database.store
      .selectFrom("runs")
      .selectAll()
      .where("id", "=", "r3")
      .executeTakeFirstOrThrow();

    expect(run).toMatchObject({
      state: "queued",
      detail: { queue: { queue: "research", clusterQueue: "gpus", place: 2, of: 2, gpusMissing: 2 } },
    });
    expect(run.detail).not.toHaveProperty("suspended");
  });

  it("shows its place, who is before it, and buttons that can work", async () => {
    const report = await why("r3");

    expect(report.explanation.ahead).toEqual([
      { title: "queued · 7B", owner: junho.slackUserId, gpus: 3, priority: 0 },
    ]);
    expect(report.ways).toEqual([
      { kind: "fewer-gpus", parameter: "gpus", to: 2 },
      { kind: "other-queue", parameter: "queue", to: "batch" },
    ]);
    for (const locale of ["en", "ko"] as const)
      expect(validateBlocks("message", cardOf(report, locale).blocks)).toEqual([]);
    const shown = JSON.stringify(cardOf(report));
    expect(shown).toContain("place 2 of 2 in research");
    expect(shown).toContain("2 more GPUs are needed");
    expect(shown).toContain("Try with 2 GPUs");
  });

  it("changes by the preview of another start, which says that it goes on waiting", async () => {
    const shown: MessageView[] = [];
    const context = {
      deps: { actions, reply: { privately: async (_: unknown, view: MessageView) => void shown.push(view) } },
      delivery: { channel: place.channel, direct: false },
      person: minji,
      id: "r4",
      texts: textsFor("en"),
    } as unknown as HandlingContext;

    await changeWaiting(context, "r3", "fewer-gpus");

    const request = await database.store
      .selectFrom("requests")
      .selectAll()
      .where("id", "=", "r4")
      .executeTakeFirstOrThrow();
    expect(request).toMatchObject({
      action: "train-start",
      state: "previewed",
      input: { stage: "queued", parameters: { gpus: "2" } },
    });
    expect(validateBlocks("message", shown[0]?.blocks)).toEqual([]);
    const card = JSON.stringify(shown);
    expect(card).toContain("`queued-r3` goes on waiting until you cancel it");
    expect(card).toContain("request.start");
    expect(card).toContain("run.cancel");
  });

  it("refuses a way that is none any more", async () => {
    const shown: MessageView[] = [];
    const context = {
      deps: { actions, reply: { privately: async (_: unknown, view: MessageView) => void shown.push(view) } },
      delivery: { channel: place.channel, direct: false },
      person: minji,
      id: "r4",
      texts: textsFor("en"),
    } as unknown as HandlingContext;
    opened.clock.advance(400_000);
    await actions.observe("r3");

    await changeWaiting(context, "r3", "fewer-gpus");

    expect(shown[0]?.text).toContain("would not help any more");
  });
});

describe("a preview", () => {
  it("says that it may start now, what it costs, and what it rests on", async () => {
    const preview = await start("r1", 4);

    expect(preview.outlook).toEqual({
      podGpus: 4,
      start: { kind: "now" },
      cost: { amount: 31_200, currency: "KRW" },
    });
  });

  it("says what it leaves of the queue's quota, and that it would have to wait", async () => {
    await makeQueues(opened.cluster, {
      clusterQueue: "gpus",
      gpus: 4,
      gpuType: "h100",
      namespace,
      localQueues: ["research"],
    });
    await start("r1", 3, { stage: "queued" });
    await waited(2, [10, 20, 30, 40, 50].map(minutes));

    const preview = await start("r2", 2, { stage: "queued" });

    expect(preview.outlook).toMatchObject({
      quotaAfter: [{ name: "gpus", used: 5, limit: 4 }],
      start: { kind: "after", fromHours: 20 / 60, toHours: 40 / 60, waits: 5 },
    });
  });
});
