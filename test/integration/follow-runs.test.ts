import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cluster } from "#src/actions/cluster-ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { createLookIntervals } from "#src/jobs/look-intervals.ts";
import { watchRuns } from "#src/jobs/watch-runs.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { renderFixture } from "#test/fixtures/stage-of-every-engine.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { researcher, startSimulated } from "#test/servers/simulated-cluster.ts";
import { waitUntil } from "#test/wait-until.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

let database: OpenStore;
let simulated: Awaited<ReturnType<typeof startSimulated>>;
let cluster: Cluster;
let stopping: AbortController;
let rung: string[];

beforeEach(async () => {
  database = await postgres.createDatabase();
  simulated = await startSimulated();
  cluster = simulated.cluster;
  stopping = new AbortController();
  rung = [];
});
afterEach(async () => {
  stopping.abort();
  await simulated.close();
});

function follow() {
  const clusters = new Map([["onprem-a", cluster]]);
  return watchRuns({
    clusters,
    engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
    stages: [stageFixture()],
    store: database.store,
    enqueue: async (_name, payload) => void rung.push((payload as { runId: string }).runId),
    logger: pino({ level: "silent" }),
    signal: stopping.signal,
  });
}
async function createJob(id: string): Promise<void> {
  const made = await cluster.create(renderFixture(stageFixture(), {}, id), researcher);
  if (!made.ok) throw new Error(JSON.stringify(made));
}
async function writeRun(
  id: string,
  overrides: { observed_at?: Date; created_at?: Date; name?: string } = {},
) {
  const row = {
    id,
    spec_hash: "",
    requester: "U01",
    requester_name: "minji",
    locale: "en" as const,
    channel: "C",
  };
  await database.store
    .insertInto("requests")
    .values({ ...row, action: "train-start", input: "{}", state: "running" })
    .execute();
  await database.store
    .insertInto("runs")
    .values({
      id,
      request_id: id,
      engine: "pytorch-job",
      stage: "sft",
      title: id,
      cluster: "onprem-a",
      namespace: "llm-training",
      name: `sft-${id}`,
      owner: "U01",
      gpus: 1,
      state: "queued",
      observed_at: new Date(),
      ...overrides,
    })
    .execute();
}

describe("runs that are followed by a watch", () => {
  it("ring when what they show changes, and those that others made do not", async () => {
    await writeRun("r1");
    const { isFollowed } = follow();
    const run = { cluster: "onprem-a", namespace: "llm-training", engine: "pytorch-job", name: "sft-r1" };
    expect(isFollowed(run)).toBe(false);

    await createJob("r1");
    await createJob("r2");
    await waitUntil("the job to be known", () => isFollowed(run));
    rung = [];
    simulated.clock.advance(5_000);

    await waitUntil("its start to be told", () => rung.includes("r1"));
    expect(rung).not.toContain("r2");
  });

  it("ring after a time without us for what has changed or gone in it, and for nothing else", async () => {
    for (const id of ["r1", "r2", "r3"]) await createJob(id);
    for (const id of ["r1", "r2", "r3", "r4"]) await writeRun(id);
    await database.store.updateTable("runs").set({ state: "running" }).where("id", "!=", "r2").execute();
    simulated.clock.advance(5_000);

    follow();
    await waitUntil("what is gone to be missed", () => rung.includes("r4"));

    expect(new Set(rung)).toEqual(new Set(["r2", "r4"]));
  });

  it("are told although the database was away when they changed", async () => {
    await writeRun("r1");
    await createJob("r1");
    simulated.clock.advance(5_000);
    const { store } = database;
    let failures = 2;
    database = {
      ...database,
      store: new Proxy(store, {
        get(target, name) {
          if (name === "selectFrom" && failures > 0) {
            failures -= 1;
            throw new Error("the database is away");
          }
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === "function" ? (member.bind(target) as unknown) : member;
        },
      }),
    };

    follow();

    await waitUntil("the change to be told", () => rung.includes("r1"));
    expect(failures).toBe(0);
  });
});

describe("how long until a run is looked at again", () => {
  const now = new Date();
  const longAgo = new Date(now.getTime() - 7_200_000);
  const looks = (followed: readonly string[]) =>
    createLookIntervals({
      store: database.store,
      now: () => now,
      isFollowed: ({ name }) => followed.includes(name),
    });

  it("is 5 s while there are few", async () => {
    await writeRun("r1", { created_at: longAgo });

    expect(await looks([]).ofRun("r1")).toBe(5_000);
    expect(await looks(["sft-r1"]).longest()).toBe(5_000);
  });

  it("grows with their number, not for the few that people look at, nor as much where no watch tells of them", async () => {
    for (let index = 0; index < 60; index += 1) await writeRun(`o${index}`, { created_at: longAgo });
    await writeRun("looked-at", { created_at: longAgo });
    await database.store
      .updateTable("runs")
      .set({ attended_at: now })
      .where("id", "=", "looked-at")
      .execute();
    await database.store
      .updateTable("runs")
      .set({ engine: "kubeflow-pipeline" })
      .where("id", "like", "o1%")
      .execute();

    const intervals = looks(["sft-o2"]);

    expect(await intervals.ofRun("looked-at")).toBe(5_000);
    expect(await intervals.ofRun("o2")).toBe(15_250);
    expect(await intervals.ofRun("o1")).toBe(5_000);
    expect(await intervals.longest()).toBe(15_250);
  });
});
