import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions, type Actions } from "#src/actions/create-actions.ts";
import type { Limit } from "#src/actions/limits.ts";
import type { Rule } from "#src/actions/policy.ts";
import type { Person } from "#src/actions/ports.ts";
import { hashSpec } from "#src/actions/request-row.ts";
import { releaseEndedReservations } from "#src/actions/reservations.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { openStore, type OpenStore } from "#src/store/open-store.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { lead, personFixture, policyFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

const HOUR_MS = 3_600_000;
const place = { channel: "C02TRAINING", locale: "en" as const };
const minji = personFixture();
const sora = personFixture({ slackUserId: "U03", name: "sora", email: "sora@example.com" });
const junho = lead();
const oneGpu = { stage: "sft", parameters: { gpus: "1" } };

/** A platform that continues what has failed. */
const retry = async () => ({ kind: "done" }) as const;
const trains: Rule = { name: "trains", effect: "allow", actions: ["train-*"] };

let database: OpenStore & { connectionString: string };
let fake: ReturnType<typeof createInMemoryCluster>;
let nowMs: number;

beforeEach(async () => {
  database = await postgres.createDatabase();
  fake = createInMemoryCluster();
  nowMs = Date.now();
});

function build(
  limits: readonly Limit[],
  options: { store?: OpenStore["store"]; approval?: boolean } = {},
): Actions {
  const clusters = new Map([["onprem-a", fake.cluster]]);
  const people = new Map<string, Person>([minji, sora, junho].map((one) => [one.slackUserId, one]));
  return createActions({
    store: options.store ?? database.store,
    policy: {
      ...policyFixture,
      rules: [trains, ...policyFixture.rules],
      ...(options.approval !== true && { approvals: [] }),
      limits,
    },
    stages: [stageFixture()],
    clusters,
    engines: new Map([["pytorch-job", { ...createPyTorchJobEngine(clusters), retry }]]),
    pipelines: [
      {
        name: "twice",
        summary: { en: "Twice", ko: "두 번" },
        steps: [1, 2].map(() => ({ stage: "sft", parameters: {}, gate: false })),
      },
    ],
    findPerson: async (id) => people.get(id),
    now: () => new Date(nowMs),
  });
}

async function preview(actions: Actions, id: string, person = minji, gpus = 1) {
  const input = { stage: "sft", parameters: { gpus: String(gpus) } };
  const outcome = await actions.request(id, person, "train-start", input, place);
  if (outcome.kind !== "previewed") throw new Error(JSON.stringify(outcome));
  return outcome.preview;
}
async function start(actions: Actions, id: string, person = minji, gpus = 1) {
  await preview(actions, id, person, gpus);
  return actions.start(id, person, "start");
}
async function end(actions: Actions, id: string, how = "Succeeded") {
  fake.setCondition(`sft-${id}`, how);
  await actions.observe(id);
}
const openGpus = async () => {
  const { rows } = await sql<{ gpus: number }>`
    select coalesce(sum(gpus), 0)::integer as gpus from reservations where released_at is null`.execute(
    database.store,
  );
  return rows[0]?.gpus;
};

describe("a thousand starts at the same time, on two replicas, against a limit of eight GPUs", () => {
  it(
    "reserve and create eight at most at any moment, tell all others, and give everything back",
    { timeout: 120_000 },
    async () => {
      const limits: Limit[] = [{ name: "one person", per: "person", gpus: 8 }];
      const other = await openStore({ connectionString: database.connectionString });
      const replicas = [build(limits), build(limits, { store: other.store })] as const;
      const replicaOf = (index: number) => replicas[index % 2] ?? replicas[0];
      await watchHighest();
      const highestCreated = watchCreated();
      const ids = await insertPreviews(1_000);

      const outcomes = await Promise.all(ids.map((id, index) => press(replicaOf(index), id)));
      const started = ids.filter((_, index) => outcomes[index]?.kind === "queued");
      const refused = outcomes.filter(({ kind }) => kind === "over-limit");

      expect(started).toHaveLength(8);
      expect(refused).toHaveLength(992);
      for (const outcome of refused)
        expect(outcome).toMatchObject({
          over: { limit: "one person", measure: "gpus", used: 8, allowed: 8, wanted: 1 },
        });
      expect(await openGpus()).toBe(8);

      // Each one that ends makes room for one, however many want it while others end.
      const rest = ids.filter((id) => !started.includes(id));
      let open = started;
      for (let round = 0; round < 4; round += 1) {
        await Promise.all(open.map((id, index) => replicaOf(index).run(id)));
        const again = rest.splice(0, 60);
        const presses = again.map((id, index) => press(replicaOf(index), id));
        const ends = open.map((id, index) =>
          end(replicaOf(index), id, index % 2 === 0 ? "Succeeded" : "Failed"),
        );
        const [pressed] = await Promise.all([Promise.all(presses), Promise.all(ends)]);
        open = again.filter((_, index) => pressed[index]?.kind === "queued");
        expect(open.length).toBeLessThanOrEqual(8);
      }
      await Promise.all(open.map((id, index) => replicaOf(index).run(id)));
      await Promise.all(open.map((id, index) => end(replicaOf(index), id)));

      expect(await highestReserved()).toBe(8);
      expect(highestCreated()).toBe(8);
      expect(fake.creators.length).toBeGreaterThan(8);
      expect(await openGpus()).toBe(0);
      await other.close();
    },
  );

  /** As the queue does with a job that found no free connection within 5 s: once more. */
  async function press(actions: Actions, id: string): ReturnType<Actions["start"]> {
    for (;;) {
      try {
        return await actions.start(id, minji, "start");
      } catch (error) {
        if (!(error instanceof Error && error.message.includes("timeout exceeded when trying to connect")))
          throw error;
      }
    }
  }

  /** Previews as they are stored; through the door they would take most of the test. */
  async function insertPreviews(count: number): Promise<readonly string[]> {
    const actions = build([]);
    await preview(actions, "first");
    const template = await database.store
      .selectFrom("requests")
      .selectAll()
      .where("id", "=", "first")
      .executeTakeFirstOrThrow();
    const engine = createPyTorchJobEngine(new Map());
    const rows = Array.from({ length: count }, (_, index) => {
      const id = `r${index}`;
      const object = engine.render(stageFixture(), { gpus: 1 }, { requestId: id, owner: minji });
      return {
        ...template,
        id,
        input: JSON.stringify(oneGpu),
        spec: JSON.stringify(object),
        spec_hash: hashSpec("train-start", oneGpu, object),
        preview: JSON.stringify(template.preview),
        outcome: null,
      };
    });
    await database.store.insertInto("requests").values(rows).execute();
    return rows.map(({ id }) => id);
  }

  /** Postgres itself writes down what it sees after each reservation. */
  async function watchHighest(): Promise<void> {
    await database.pool.query(`
      create table highest (gpus integer not null);
      insert into highest values (0);
      create function keep_highest() returns trigger language plpgsql as $$ begin
        update highest set gpus = greatest(gpus, (select sum(gpus) from reservations where released_at is null));
        return null;
      end $$;
      create trigger keep_highest after insert or update on reservations
        for each statement execute function keep_highest();`);
  }
  async function highestReserved(): Promise<number> {
    const { rows } = await database.pool.query<{ gpus: number }>("select gpus from highest");
    return rows[0]?.gpus ?? Number.NaN;
  }

  /** How many jobs there ever were that had not ended. */
  function watchCreated(): () => number {
    let highest = 0;
    const { create } = fake.cluster;
    fake.cluster.create = async (...call) => {
      const created = await create(...call);
      const open = [...fake.objects.values()].filter(
        ({ status }) =>
          (status as { conditions?: { type: string }[] } | undefined)?.conditions?.some(({ type }) =>
            ["Succeeded", "Failed"].includes(type),
          ) !== true,
      );
      highest = Math.max(highest, open.length);
      return created;
    };
    return () => highest;
  }
});

describe("a limit", () => {
  it("is shown by the preview before anything is asked for", async () => {
    const actions = build([{ name: "one person", per: "person", gpus: 8, runs: 3 }]);
    await start(actions, "r1", minji, 6);

    const { limits } = await preview(actions, "r2", minji, 2);

    expect(limits).toEqual([
      { limit: "one person", per: "person", measure: "gpus", used: 6, allowed: 8, wanted: 2 },
      { limit: "one person", per: "person", measure: "runs", used: 1, allowed: 3, wanted: 1 },
    ]);
  });

  it("of a person is each one's own, of a team all of its roles' together", async () => {
    const actions = build([
      { name: "one person", per: "person", runs: 1 },
      { name: "researchers", per: "team", roles: ["researcher"], gpus: 3 },
    ]);

    expect((await start(actions, "r1", minji, 2)).kind).toBe("queued");
    expect(await start(actions, "r2", minji)).toMatchObject({
      over: { limit: "one person", measure: "runs" },
    });
    expect(await start(actions, "r3", sora, 2)).toMatchObject({
      over: { limit: "researchers", used: 2, allowed: 3, wanted: 2 },
    });
    expect((await start(actions, "r4", sora, 1)).kind).toBe("queued");
    expect((await start(actions, "r5", junho, 8)).kind).toBe("queued");
  });

  it("counts only what is in its namespaces and clusters", async () => {
    const actions = build([
      { name: "elsewhere", per: "person", namespaces: ["inference"], gpus: 0 },
      { name: "cloud", per: "person", clusters: ["cloud"], gpus: 0 },
      { name: "here", per: "person", namespaces: ["llm-training"], clusters: ["onprem-a"], runs: 1 },
    ]);

    expect((await start(actions, "r1")).kind).toBe("queued");
    expect(await start(actions, "r2")).toMatchObject({ over: { limit: "here", used: 1 } });
  });

  it("of GPU-hours counts what ran within seven days, and what open runs are expected to take", async () => {
    const actions = build([{ name: "a week", per: "person", gpuHoursPerWeek: 1_000 }]);
    const ran = async (id: string, gpus: number, fromHoursAgo: number, toHoursAgo: number | undefined) => {
      await start(actions, id, minji, gpus);
      await actions.run(id);
      const times = {
        started_at: new Date(nowMs - fromHoursAgo * HOUR_MS),
        ended_at: toHoursAgo === undefined ? null : new Date(nowMs - toHoursAgo * HOUR_MS),
      };
      await database.store.updateTable("runs").set(times).where("id", "=", id).execute();
      if (times.ended_at !== null)
        await database.store
          .updateTable("reservations")
          .set({ released_at: times.ended_at })
          .where("request_id", "=", id)
          .execute();
    };
    // The stage is expected to take 6 h.
    await ran("old", 8, 400, 300);
    await ran("half", 2, 178, 163); // 5 of 15 h lie in the week: 10
    await ran("recent", 1, 10, 7); // 3
    await ran("open", 2, 4, undefined); // 8 so far, 4 to come
    await ran("long", 1, 10, undefined); // 10 so far, longer than expected
    await start(actions, "queued", minji, 1); // 6 to come

    const { limits } = await preview(actions, "next", minji, 2);

    expect(limits).toMatchObject([{ measure: "gpuHours", allowed: 1_000, wanted: 12 }]);
    expect(limits?.[0]?.used).toBeCloseTo(10 + 3 + 12 + 10 + 6, 6);
  });

  it("leaves a refused start to be pressed again", async () => {
    const actions = build([{ name: "one person", per: "person", runs: 1 }]);
    await start(actions, "r1");
    expect((await start(actions, "r2")).kind).toBe("over-limit");
    await actions.run("r1");
    await end(actions, "r1");

    expect((await actions.start("r2", minji, "start")).kind).toBe("queued");
  });

  it("is asked once more when a failed run is continued, which then holds what it held", async () => {
    const actions = build([{ name: "one person", per: "person", gpus: 8 }]);
    const goOn = async (id: string) => {
      await actions.request(id, minji, "train-retry", { run: "sft-r1" }, place);
      return actions.start(id, minji, "start");
    };
    await start(actions, "r1", minji, 8);
    await actions.run("r1");
    expect((await goOn("early")).kind).toBe("queued"); // It holds its GPUs: nothing more is taken.
    await end(actions, "r1", "Failed");
    await start(actions, "r2", minji, 4);

    expect(await goOn("c1")).toMatchObject({ over: { used: 4, wanted: 8 } });
    await actions.park("r2", "broke");
    expect((await goOn("c2")).kind).toBe("queued");
    expect(await openGpus()).toBe(8);
    expect((await actions.run("c2")).kind).toBe("done");
    expect(await openGpus()).toBe(8);
    await end(actions, "r1");
    expect(await openGpus()).toBe(0);
  });

  it("refuses a pipeline with a step that it could never hold", async () => {
    const actions = build([{ name: "small", per: "person", gpus: 1, gpuHoursPerWeek: 6 }]);
    const input = (gpus: string) => ({ pipeline: "twice", parameters: { gpus } });
    await actions.request("p1", minji, "train-pipeline", input("2"), place);
    await actions.request("p2", minji, "train-pipeline", input("1"), place);

    expect(await actions.start("p1", minji, "start")).toMatchObject({ over: { limit: "small", wanted: 2 } });
    expect((await actions.start("p2", minji, "start")).kind).toBe("queued");
  });

  it("lets runs side by side wait for one another, as long as each of them fits", async () => {
    const actions = build([{ name: "small", per: "person", gpus: 3 }]);
    const several = (gpus: string) => ({ stage: "sft", parameters: { gpus } });
    await actions.request("s1", minji, "train-several", several("2,3"), place);
    await actions.request("s2", minji, "train-several", several("2,4"), place);

    expect((await actions.start("s1", minji, "start")).kind).toBe("queued");
    expect(await actions.start("s2", minji, "start")).toMatchObject({ over: { wanted: 4, allowed: 3 } });
  });

  it("is no matter of cancelling", async () => {
    const actions = build([{ name: "one person", per: "person", runs: 1 }]);
    await start(actions, "r1");
    await actions.run("r1");
    await actions.request("r2", minji, "train-cancel", { run: "sft-r1" }, place);

    expect((await actions.start("r2", minji, "start")).kind).toBe("queued");
    expect((await actions.run("r2")).kind).toBe("done");
  });
});

describe("an approval", () => {
  const limits: Limit[] = [{ name: "one person", per: "person", gpus: 8 }];

  it("reserves with its last vote, not when it is asked for", async () => {
    const actions = build(limits, { approval: true });

    expect((await start(actions, "r1", minji, 8)).kind).toBe("needs-approval");
    expect(await openGpus()).toBe(0);
    expect((await actions.decide("r1", junho, "approve")).kind).toBe("approved");
    expect(await openGpus()).toBe(8);
  });

  it("above the requester's limit is not counted and stays open, and can be given when there is room", async () => {
    const actions = build(limits, { approval: true });
    await start(actions, "r1", minji, 6);
    await start(actions, "r2", minji, 6);
    await actions.decide("r1", junho, "approve");
    await actions.run("r1");

    const early = await actions.decide("r2", junho, "approve");
    const waiting = await database.store
      .selectFrom("requests")
      .select(["state", "outcome"])
      .where("id", "=", "r2")
      .executeTakeFirst();
    await end(actions, "r1", "Failed");
    const late = await actions.decide("r2", junho, "approve");

    expect(early).toEqual({
      kind: "over-limit",
      over: { limit: "one person", per: "person", measure: "gpus", used: 6, allowed: 8, wanted: 6 },
    });
    expect(waiting).toMatchObject({ state: "needs-approval", outcome: { kind: "over-limit" } });
    expect(late.kind).toBe("approved");
  });

  it("is not asked for what the whole limit could never hold", async () => {
    const actions = build([{ name: "small", per: "person", gpus: 4 }], { approval: true });

    expect(await start(actions, "r1", minji, 8)).toMatchObject({
      kind: "over-limit",
      over: { limit: "small", used: 0, allowed: 4, wanted: 8 },
    });
  });
});

describe("what is reserved", () => {
  const limits: Limit[] = [{ name: "one person", per: "person", gpus: 8 }];

  it("stays reserved over a crash before the object is created, and is taken once by whoever goes on", async () => {
    const first = build(limits);
    const second = build(limits);
    await start(first, "r1", minji, 8);
    fake.faults.loseNextAnswer = true;
    expect((await first.run("r1")).kind).toBe("try-again");
    expect((await start(second, "r2", minji, 1)).kind).toBe("over-limit");

    expect((await second.run("r1")).kind).toBe("run-started");
    expect(await openGpus()).toBe(8);
    await end(second, "r1");
    expect(await openGpus()).toBe(0);
  });

  it.each([
    [
      "is refused by the cluster",
      async (actions: Actions) => {
        fake.faults.readers.add(minji.identity.user);
        await actions.run("r1");
      },
    ],
    ["is given up after it broke each time", (actions: Actions) => actions.park("r1", "broke")],
    [
      "is deleted behind our back",
      async (actions: Actions) => {
        await actions.run("r1");
        fake.objects.clear();
        await actions.observe("r1");
      },
    ],
    [
      "is cancelled",
      async (actions: Actions) => {
        await actions.run("r1");
        await actions.request("c1", minji, "train-cancel", { run: "sft-r1" }, place);
        await actions.start("c1", minji, "start");
        await actions.run("c1");
        await actions.observe("r1");
      },
    ],
  ])("is given back when it %s", async (_how, happen) => {
    const actions = build(limits);
    await start(actions, "r1", minji, 8);
    expect(await openGpus()).toBe(8);

    await happen(actions);

    expect(await openGpus()).toBe(0);
  });

  it("is taken before anything is created, also where it was queued without", async () => {
    const actions = build(limits);
    await start(actions, "r1", minji, 8);
    await preview(actions, "r2", minji, 1);
    await database.pool.query("update requests set state = 'queued' where id = 'r2'");

    expect((await actions.run("r2")).kind).toBe("failed");
    expect(fake.objects.size).toBe(0);
    await actions.park("r1", "broke");
    await preview(actions, "r3", minji, 1);
    await database.pool.query("update requests set state = 'queued' where id = 'r3'");
    expect((await actions.run("r3")).kind).toBe("run-started");
    expect(await openGpus()).toBe(1);
  });

  it("is given back by the sweeper where an end came without it, and by nothing else", async () => {
    const actions = build(limits);
    await start(actions, "r1", minji, 3);
    await start(actions, "r2", minji, 4);
    await database.pool.query("update requests set state = 'failed' where id = 'r1'");

    expect(await releaseEndedReservations(database.store, new Date(nowMs))).toBe(1);
    expect(await releaseEndedReservations(database.store, new Date(nowMs))).toBe(0);
    expect(await openGpus()).toBe(4);
  });
});
