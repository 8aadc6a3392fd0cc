import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions, type Actions } from "#src/actions/create-actions.ts";
import type { Policy } from "#src/actions/policy.ts";
import { PersonUnavailableError, type Person } from "#src/actions/ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { verifyAudit } from "#src/store/audit.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { lead, personFixture, policyFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

let database: OpenStore;
let fake: ReturnType<typeof createInMemoryCluster>;
let actions: Actions;
let nowMs: number;
let isDirectoryAway: boolean;
let people: Map<string, Person>;
const minji = personFixture();
const junho = lead();
const place = { channel: "C02TRAINING", locale: "ko" as const };

beforeEach(async () => {
  database = await postgres.createDatabase();
  fake = createInMemoryCluster();
  nowMs = Date.now();
  isDirectoryAway = false;
  people = new Map([minji, junho].map((person) => [person.slackUserId, person]));
  actions = build(policyFixture);
});

function build(policy: Policy): Actions {
  const clusters = new Map([["onprem-a", fake.cluster]]);
  return createActions({
    store: database.store,
    policy,
    stages: [stageFixture()],
    clusters,
    engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
    async findPerson(id) {
      if (isDirectoryAway) throw new PersonUnavailableError("Slack is away");
      return people.get(id);
    },
    now: () => new Date(nowMs),
  });
}

async function previewed(id = "r1", parameters: Record<string, string> = {}) {
  const outcome = await actions.request(id, minji, "train-start", { stage: "sft", parameters }, place);
  if (outcome.kind !== "previewed") throw new Error(JSON.stringify(outcome));
  return outcome;
}
async function running(id = "r1") {
  await previewed(id);
  await actions.start(id, minji, "start");
  await actions.decide(id, junho, "approve");
  await actions.run(id);
}
const events = async () =>
  (await database.store.selectFrom("audit").select("event").orderBy("seq").execute()).map(
    ({ event }) => event,
  );

describe("a preview", () => {
  it("shows the object's difference, its price, the dry run and who must agree, and starts nothing", async () => {
    const { preview } = await previewed("r1", { "learning-rate": "1e-5" });

    expect(preview).toMatchObject({
      title: "sft · 7B",
      gpus: 2,
      gpuType: "h100",
      gpuHours: 12,
      freeGpus: { free: 5, total: 8 },
      dryRun: { kind: "accepted" },
      allowed: { kind: "yes" },
      approval: { kind: "needed", quorum: 1, approvers: ["@ml-leads"] },
    });
    expect(preview.changes).toContainEqual({ path: "learning-rate", from: "2e-5", to: "1e-5" });
    expect(fake.objects.size).toBe(0);
  });

  it("is made once however often the same delivery comes", async () => {
    const outcomes = await Promise.all(Array.from({ length: 11 }, () => previewed()));

    expect(new Set(outcomes.map(({ request }) => request.id)).size).toBe(1);
    expect(await events()).toEqual(["request-previewed"]);
  });

  it("says so when the cluster is away, instead of failing", async () => {
    fake.faults.away = true;

    const { preview } = await previewed();

    expect(preview.dryRun.kind).toBe("unreachable");
    expect(preview.allowed.kind).toBe("unknown");
  });

  it("goes on when the cluster does not let the person look at its nodes", async () => {
    fake.faults.forbidden = true;

    const { preview } = await previewed();

    expect(preview.dryRun.kind).toBe("accepted");
    expect(preview.freeGpus).toBeUndefined();
  });

  it("expects what the last runs took, but lifts no approval because a few were short", async () => {
    for (const id of ["r1", "r2", "r3"]) {
      await running(id);
      await database.store
        .updateTable("runs")
        .set({
          state: "succeeded",
          started_at: new Date(nowMs - 3_600_000),
          ended_at: new Date(nowMs),
        })
        .where("id", "=", id)
        .execute();
    }

    const { preview } = await previewed("r4");

    expect(preview).toMatchObject({ hours: 1, hoursFrom: { kind: "history", runs: 3 }, gpuHours: 2 });
    expect(preview.approval.kind).toBe("needed");
  });

  it("tells the wrong fields, and denies people without a role without telling them what exists", async () => {
    const stranger = personFixture({ slackUserId: "U9", roles: [] });

    expect(
      await actions.request("r2", minji, "train-start", { stage: "stf", parameters: {} }, place),
    ).toMatchObject({
      kind: "invalid-input",
      problems: [{ field: "stage", suggestion: "sft" }],
    });
    expect(
      await actions.request("r3", stranger, "train-start", { stage: "stf", parameters: {} }, place),
    ).toMatchObject({
      kind: "denied",
      denial: { cause: "no-role" },
    });
    expect(await events()).toEqual(["action-denied"]);
  });

  it("cannot be started by somebody else, nor an hour later, nor after it was discarded", async () => {
    await previewed();

    expect((await actions.start("r1", junho, "start")).kind).toBe("not-yours");
    nowMs += 2 * 3_600_000;
    expect((await actions.start("r1", minji, "start")).kind).toBe("outdated");
    expect((await actions.start("r1", minji, "discard")).kind).toBe("discarded");
    expect((await actions.start("r1", minji, "start")).kind).toBe("discarded");
  });
});

describe("an approval", () => {
  beforeEach(async () => {
    await previewed();
    expect((await actions.start("r1", minji, "start")).kind).toBe("needs-approval");
  });

  it("is not the requester's to give, nor a stranger's, and both tries are in the audit", async () => {
    expect(await actions.decide("r1", minji, "approve")).toMatchObject({ cause: "own-request" });
    expect(await actions.decide("r1", personFixture({ slackUserId: "U7" }), "approve")).toMatchObject({
      cause: "not-an-approver",
    });
    expect((await events()).filter((event) => event === "vote-refused")).toHaveLength(2);
  });

  it("has one effect for a hundred clicks, mixed, at the same time", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        actions.decide("r1", lead({ slackUserId: `U${index % 5}` }), index % 2 === 0 ? "approve" : "reject"),
      ),
    );

    expect(outcomes.filter(({ kind }) => kind === "approved" || kind === "rejected")).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === "already-decided")).toHaveLength(99);
  });

  it("is void when the stored object was changed after it was shown", async () => {
    await database.pool.query(
      `update requests set spec = jsonb_set(spec, '{metadata,namespace}', '"kube-system"')`,
    );

    expect((await actions.decide("r1", junho, "approve")).kind).toBe("changed");
    expect((await actions.run("r1")).kind).toBe("nothing-to-do");
  });

  it("expires, by itself or under a late click", async () => {
    nowMs += 5 * 3_600_000;

    expect((await actions.decide("r1", junho, "approve")).kind).toBe("expired");
    await previewed("r2");
    await actions.start("r2", minji, "start");
    nowMs += 5 * 3_600_000;
    expect(await actions.expire()).toEqual(["r2"]);
    expect(await actions.expire()).toEqual([]);
  });

  it("can be refused by one", async () => {
    expect((await actions.decide("r1", junho, "reject")).kind).toBe("rejected");
    expect((await actions.run("r1")).kind).toBe("nothing-to-do");
  });
});

describe("a quorum of two", () => {
  it("is not met by one person who presses twice", async () => {
    actions = build({
      ...policyFixture,
      approvals: policyFixture.approvals.map((rule) => ({ ...rule, quorum: 2 })),
    });
    await previewed();
    await actions.start("r1", minji, "start");

    expect(await actions.decide("r1", junho, "approve")).toEqual({
      kind: "recorded",
      approvals: 1,
      quorum: 2,
    });
    expect((await actions.decide("r1", junho, "approve")).kind).toBe("already-voted");
    expect((await actions.decide("r1", lead({ slackUserId: "U8" }), "approve")).kind).toBe("approved");
  });
});

describe("carrying out", () => {
  it("creates the object as the requester, marked with who asked and who agreed", async () => {
    await running();

    const object = fake.objects.get("pytorchjobs/llm-training/sft-r1");
    expect(fake.creators).toEqual([{ name: "sft-r1", user: "minji@example.com" }]);
    expect(object?.metadata.annotations).toEqual({
      "jibsa.dev/requested-by": "U01RESEARCHER",
      "jibsa.dev/approved-by": "U02LEAD",
    });
    expect(object?.metadata.labels?.["jibsa.dev/request-id"]).toBe("r1");
  });

  it("makes one object when the answer to the creation is lost and the job comes again", async () => {
    await previewed();
    await actions.start("r1", minji, "start");
    await actions.decide("r1", junho, "approve");
    fake.faults.loseNextAnswer = true;

    expect((await actions.run("r1")).kind).toBe("try-again");
    expect((await actions.run("r1")).kind).toBe("run-started");
    expect((await actions.run("r1")).kind).toBe("nothing-to-do");
    expect(fake.creators).toHaveLength(1);
  });

  it("leaves an object of that name that is somebody else's alone, and says so", async () => {
    await fake.cluster.create(
      {
        apiVersion: "kubeflow.org/v1",
        kind: "PyTorchJob",
        metadata: { name: "sft-r1", namespace: "llm-training" },
      },
      { user: "other", groups: [] },
    );
    await running();

    const row = await database.store
      .selectFrom("requests")
      .selectAll()
      .where("id", "=", "r1")
      .executeTakeFirst();
    expect(row?.state).toBe("failed");
    expect(row?.outcome).toMatchObject({ kind: "refused", failure: { kind: "name-taken" } });
  });

  it("asks the policy again: rights that were taken away in between count", async () => {
    await previewed();
    await actions.start("r1", minji, "start");
    await actions.decide("r1", junho, "approve");
    people.set(minji.slackUserId, personFixture({ roles: [] }));

    expect((await actions.run("r1")).kind).toBe("failed");
    expect(fake.objects.size).toBe(0);
  });

  it("waits while nobody can say who the requester is, instead of giving up", async () => {
    await previewed();
    await actions.start("r1", minji, "start");
    await actions.decide("r1", junho, "approve");
    isDirectoryAway = true;

    const during = await actions.run("r1");
    isDirectoryAway = false;
    const after = await actions.run("r1");

    expect(during.kind).toBe("try-again");
    expect(after.kind).toBe("run-started");
  });

  it("does nothing for a request that only stands in the queue", async () => {
    await previewed();

    expect((await actions.run("r1")).kind).toBe("nothing-to-do");
    expect(fake.objects.size).toBe(0);
  });
});

describe("a run", () => {
  const run = async () =>
    database.store.selectFrom("runs").selectAll().where("id", "=", "r1").executeTakeFirst();

  it("is followed from queued to its end, and its end is written once", async () => {
    await running();
    fake.setCondition("sft-r1", "Running");
    expect(await actions.observe("r1")).toMatchObject({ kind: "open", changed: true });
    fake.setCondition("sft-r1", "Succeeded");

    const ends = await Promise.all([actions.observe("r1"), actions.observe("r1")]);

    expect(ends.map(({ kind }) => kind).toSorted()).toEqual(["ended", "nothing-to-do"]);
    expect(await run()).toMatchObject({ state: "succeeded", progress: 1 });
    expect((await events()).filter((event) => event === "run-ended")).toHaveLength(1);
    expect((await verifyAudit(database.store)).kind).toBe("intact");
  });

  it("that was deleted behind our back is lost, not failed, and not started again", async () => {
    await running();
    fake.objects.clear();

    await actions.observe("r1");

    expect(await run()).toMatchObject({ state: "lost", reason: "deleted outside of Jibsa" });
  });

  it("whose owner has left the workspace is no longer followed, and left alone", async () => {
    await running();
    people.delete(minji.slackUserId);

    await actions.observe("r1");

    expect(await run()).toMatchObject({ state: "lost", reason: "owner-gone" });
    expect(fake.objects.size).toBe(1);
  });

  it("is seen by those alone whom a rule lets see its namespace", async () => {
    await running();
    const sees = (namespaces: string[]) =>
      build({
        ...policyFixture,
        rules: [{ name: "r", effect: "allow", actions: ["train-*"], namespaces }],
      }).read("r9", minji, "train-list", { which: "all", stage: "", state: "" });

    expect(await sees(["llm-training"])).toMatchObject({ kind: "answered", output: [{ id: "r1" }] });
    expect(await sees(["inference"])).toMatchObject({ kind: "answered", output: [] });
  });

  it("is listed for the whole team of who started it, and carries its name as a label", async () => {
    const member = { ...minji, team: "llm" };
    people.set(minji.slackUserId, member);
    await actions.request("r1", member, "train-start", { stage: "sft", parameters: {} }, place);
    await actions.start("r1", member, "start");
    await actions.decide("r1", junho, "approve");
    await actions.run("r1");
    const listed = (team?: string) =>
      actions.read("r9", lead(team === undefined ? {} : { team }), "train-list", {
        which: "team",
        stage: "",
        state: "",
      });

    expect(await listed("llm")).toMatchObject({ kind: "answered", output: [{ id: "r1" }] });
    expect(await listed("speech")).toMatchObject({ kind: "answered", output: [] });
    expect(await listed()).toMatchObject({
      kind: "invalid-input",
      problems: [{ field: "which", code: "no-team" }],
    });
    expect(fake.objects.get("pytorchjobs/llm-training/sft-r1")?.metadata.labels?.["jibsa.dev/team"]).toBe(
      "llm",
    );
  });

  it("that we were asked to end is cancelled when it is gone", async () => {
    await running();
    await actions.request("r2", minji, "train-cancel", { run: "sft-r1" }, place);
    expect((await actions.start("r2", minji, "start")).kind).toBe("queued");

    expect(await actions.run("r2")).toEqual({ kind: "done", touchedRunId: "r1" });
    await actions.observe("r1");

    expect(await run()).toMatchObject({ state: "cancelled", cancel_requested_by: "U01RESEARCHER" });
  });

  it("is not a stranger's to cancel", async () => {
    await running();
    people.set("U5", personFixture({ slackUserId: "U5" }));

    expect(
      await actions.request(
        "r2",
        personFixture({ slackUserId: "U5" }),
        "train-cancel",
        { run: "sft-r1" },
        place,
      ),
    ).toMatchObject({ kind: "denied" });
  });

  it("stays open while nobody can say who its owner is", async () => {
    await running();
    isDirectoryAway = true;

    expect((await actions.observe("r1")).kind).toBe("away");
    expect(await run()).toMatchObject({ state: "queued" });
  });

  it("stays open while the cluster is away", async () => {
    await running();
    fake.faults.away = true;

    expect((await actions.observe("r1")).kind).toBe("away");
    expect(await run()).toMatchObject({ state: "queued" });
  });

  it("is found by the beginning of its name, and a wrong name gets the nearest", async () => {
    await running();

    expect(await actions.read("x", minji, "train-status", { run: "sft" })).toMatchObject({
      kind: "answered",
    });
    expect(await actions.read("x", minji, "train-status", { run: "sft-r2" })).toMatchObject({
      problems: [{ code: "unknown-run", suggestion: "sft-r1" }],
    });
  });
});
