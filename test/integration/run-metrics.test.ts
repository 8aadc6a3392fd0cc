import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions, type Actions } from "#src/actions/create-actions.ts";
import type { RunDetail } from "#src/actions/training/engine-ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import {
  MetricsUnavailableError,
  type GpuUse,
  type RunMetrics,
} from "#src/actions/training/metrics-ports.ts";
import { followLogs } from "#src/bot/follow-logs.ts";
import type { OutboxPayload } from "#src/bot/outbox.ts";
import { tellMetrics } from "#src/bot/tell-metrics.ts";
import { requestCard } from "#src/bot/views/request-card.ts";
import { en } from "#src/bot/texts/en.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture, policyFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const MINUTE = 60_000;
const POD = "sft-r1-master-0";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

const minji = personFixture();
let database: OpenStore;
let fake: ReturnType<typeof createInMemoryCluster>;
let actions: Actions;
let nowMs: number;
let tracked: RunMetrics | undefined | Error;
let gpuUse: readonly GpuUse[];

beforeEach(async () => {
  database = await postgres.createDatabase();
  fake = createInMemoryCluster();
  nowMs = Date.now();
  tracked = undefined;
  gpuUse = [];
  const clusters = new Map([["onprem-a", fake.cluster]]);
  actions = createActions({
    store: database.store,
    policy: { ...policyFixture, approvals: [] },
    stages: [stageFixture()],
    clusters,
    engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
    findPerson: async (id) => (id === minji.slackUserId ? minji : undefined),
    metrics: {
      tracker: {
        async find() {
          if (tracked instanceof Error) throw tracked;
          return tracked;
        },
      },
      gpus: { useOf: async () => gpuUse },
      wandbHosts: ["wandb.ai"],
      lowGpu: { percent: 50, minutes: 10 },
    },
    now: () => new Date(nowMs),
  });
  const place = { channel: "C02TRAINING", locale: "en" as const };
  await actions.request("r1", minji, "train-start", { stage: "sft", parameters: {} }, place);
  await actions.start("r1", minji, "start");
  await actions.run("r1");
  fake.setCondition("sft-r1", "Running");
  fake.objects.set(`pods/llm-training/${POD}`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: POD,
      namespace: "llm-training",
      labels: { "training.kubeflow.org/job-name": "sft-r1" },
    },
  });
  await actions.observe("r1");
});

const log = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => {
    const step = from + index;
    return `step ${step}/200 loss ${(3 - step / 100).toFixed(4)} lr 9.1e-6 14.2k tok/s`;
  });
const runRow = () =>
  database.store.selectFrom("runs").selectAll().where("id", "=", "r1").executeTakeFirstOrThrow();
const metrics = async () => ((await runRow()).detail as RunDetail).metrics;
const said = async () =>
  (await database.store.selectFrom("outbox").selectAll().orderBy("id").execute()).map(({ key, payload }) => ({
    key,
    ...(payload as OutboxPayload),
  }));
const measure = () => actions.measure("r1", tellMetrics);
/** As its message is drawn. */
const draw = () =>
  database.store
    .updateTable("requests")
    .set(({ ref }) => ({ drawn_version: ref("version") }))
    .execute();

describe("metrics of a run", () => {
  it("are read from its log, stay when the run is looked at again, and stand in its message", async () => {
    fake.logs.set(POD, log(1, 20));
    await measure();
    nowMs += 10 * MINUTE;
    fake.logs.set(POD, log(11, 40));

    expect(await actions.observe("r1")).toMatchObject({ kind: "open", isMeasuringDue: true });
    expect(await measure()).toMatchObject({ kind: "measured", changed: true, troubles: [] });
    await actions.observe("r1");

    expect(await metrics()).toEqual({
      loss: 2.6,
      lossChange: { by: -0.2, minutes: 10 },
      learningRate: 9.1e-6,
      tokensPerSecond: 14_200,
    });
    const request = await database.store.selectFrom("requests").selectAll().executeTakeFirstOrThrow();
    const card = requestCard(
      { request, approval: undefined, approvers: [], votes: [], run: await runRow() },
      en,
    );
    expect(JSON.stringify(card)).toContain("loss 2.6 (-0.2 in 10 min) · lr 9.1e-6 · 14.2k tok/s");
    expect(JSON.stringify(card)).toContain("run.chart:r1");
  });

  it("are looked at once in half a minute, and not before it runs", async () => {
    await measure();

    expect(await measure()).toEqual({ kind: "nothing-to-do" });
    expect(await actions.observe("r1")).toMatchObject({ isMeasuringDue: false });
  });

  it("come from MLflow where it knows the run, with a link", async () => {
    fake.logs.set(POD, log(1, 20));
    tracked = {
      loss: [
        { step: 1, value: 2, atMs: nowMs - 4 * MINUTE },
        { step: 9, value: 1.5, atMs: nowMs },
      ],
      evalLoss: [{ step: 9, value: 1.75, atMs: nowMs }],
      learningRate: 2e-5,
      links: [{ title: "MLflow", url: "https://mlflow.example/#/experiments/1/runs/a&b" }],
    };
    await measure();

    expect(await metrics()).toMatchObject({
      loss: 1.5,
      evalLoss: 1.75,
      lossChange: { by: -0.5, minutes: 4 },
    });
    const read = await actions.read("r2", minji, "train-chart", { run: "r1" });
    expect(read).toMatchObject({ output: { series: { loss: [{ step: 1 }, { step: 9 }] } } });
  });

  it("never disturb the run when MLflow is away: its log is read instead", async () => {
    fake.logs.set(POD, log(1, 20));
    tracked = new MetricsUnavailableError("MLflow", "connect ECONNREFUSED");

    expect(await measure()).toMatchObject({ troubles: ["MLflow: connect ECONNREFUSED"] });
    expect(await metrics()).toMatchObject({ loss: 2.8 });
    expect(await actions.observe("r1")).toMatchObject({ kind: "open" });
  });

  it("are drawn once at the end, if there is something to draw", async () => {
    fake.logs.set(POD, log(1, 20));
    await measure();
    fake.logs.set(POD, log(1, 200));
    fake.setCondition("sft-r1", "Succeeded");
    nowMs += MINUTE;
    await actions.observe("r1");

    expect(await measure()).toEqual({ kind: "not-drawn" });
    await draw();
    await measure();
    expect(await measure()).toEqual({ kind: "nothing-to-do" });

    const charts = (await said()).filter(({ file }) => file !== undefined);
    expect(charts).toHaveLength(1);
    expect(charts[0]?.under).toEqual({ subject: "request:r1", purpose: "card" });
    expect(charts[0]?.file?.altText).toMatch(
      /^Line chart of the loss of .*: 200 points, from 2\.99 to 1 at step 200$/,
    );
  });

  it("of a short run are not drawn", async () => {
    fake.logs.set(POD, log(1, 5));
    fake.setCondition("sft-r1", "Succeeded");
    nowMs += MINUTE;
    await actions.observe("r1");
    await draw();
    await measure();

    expect(await said()).toEqual([]);
  });
});

describe("GPUs that idle", () => {
  const use = (percent: number): GpuUse[] => [
    {
      pod: POD,
      samples: Array.from({ length: 22 }, (_, index) => ({ atMs: nowMs - (21 - index) * 30_000, percent })),
    },
  ];

  it("are told once each time, with the likely reason", async () => {
    for (const percent of [12, 9, 80, 11]) {
      nowMs += MINUTE;
      fake.logs.set(POD, log(1, 10 + (Math.round(nowMs / MINUTE) % 100)));
      gpuUse = use(percent);
      await measure();
    }

    const notices = (await said()).map(({ view }) => view.text);
    expect(notices).toHaveLength(2);
    expect(notices[0]).toMatch(
      /^<@U01RESEARCHER> The GPUs are hardly used: 12 % on average over 10 min\. Likely/,
    );
    expect(await metrics()).toMatchObject({ gpuPercent: 11 });
  });
});

describe("a followed log", () => {
  const follow = (filter = "") =>
    database.store
      .insertInto("log_follows")
      .values({
        id: "f1",
        run_id: "r1",
        person: minji.slackUserId,
        locale: "en",
        channel: "C02TRAINING",
        thread_ts: "1.2",
        filter,
        ended_because: null,
        shown_hash: null,
        looked_at: null,
        ends_at: new Date(nowMs + 10 * MINUTE),
        created_at: new Date(nowMs),
      })
      .execute();
  const look = () => followLogs({ store: database.store, actions, now: () => new Date(nowMs) }, "f1");
  const shown = async () => JSON.stringify((await said()).at(-1)?.view.blocks);

  it("is one message that is edited, only when it has changed", async () => {
    await follow("LOSS 2.9");
    fake.logs.set(POD, log(1, 20));

    expect(await look()).toEqual({ againInMs: 5_000, channel: "C02TRAINING" });
    nowMs += 5_000;
    await look();

    expect(await said()).toHaveLength(1);
    expect(await shown()).toContain("step 10/200");
    expect(await shown()).not.toContain("step 11/200");
    expect(await shown()).toContain("follow.stop");
  });

  it.each([
    ["the time is up", "ended after 10 minutes", async () => void (nowMs += 11 * MINUTE)],
    [
      "the run ends",
      "the run has ended",
      async () => {
        fake.setCondition("sft-r1", "Succeeded");
        await actions.observe("r1");
      },
    ],
    [
      "somebody stops it",
      "stopped",
      async () =>
        void (await database.store.updateTable("log_follows").set({ ended_because: "stopped" }).execute()),
    ],
    [
      "the person may no longer see it",
      "you may no longer see it",
      async () => void (fake.faults.forbidden = true),
    ],
  ])("ends when %s", async (_, words, happens) => {
    await follow();
    fake.logs.set(POD, log(1, 20));
    await look();
    await happens();

    expect(await look()).toEqual({ ended: "C02TRAINING" });
    expect(await look()).toBeUndefined();
    expect(await shown()).toContain(words);
    expect(await shown()).not.toContain("follow.stop");
  });

  it("keeps its last lines while the cluster is away", async () => {
    await follow();
    fake.logs.set(POD, log(1, 20));
    await look();
    fake.faults.away = true;

    expect(await look()).toMatchObject({ againInMs: 10_000 });
    expect(await said()).toHaveLength(1);
  });
});
