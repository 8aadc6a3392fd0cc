import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions, type Actions } from "#src/actions/create-actions.ts";
import type { Limit } from "#src/actions/limits.ts";
import type { PlatformObject } from "#src/actions/ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import type { Pipeline } from "#src/actions/training/pipelines/pipeline.ts";
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

const minji = personFixture();
const junho = lead();
const place = { channel: "C02TRAINING", locale: "en" as const };
const text = { en: "pipeline", ko: "파이프라인" };
const pipeline: Pipeline = {
  name: "llm",
  summary: text,
  steps: [
    { stage: "cpt", parameters: {}, output: "/output/{run}", gate: false },
    { stage: "sft", parameters: { "base-model": "{cpt.output}" }, gate: true },
  ],
};
let database: OpenStore;
let fake: ReturnType<typeof createInMemoryCluster>;
let actions: Actions;
let nowMs: number;

beforeEach(async () => {
  database = await postgres.createDatabase();
  fake = createInMemoryCluster();
  nowMs = Date.now();
  actions = build();
});

function build(limits: readonly Limit[] = [], approvals = policyFixture.approvals.slice(0, 0)): Actions {
  const clusters = new Map([["onprem-a", fake.cluster]]);
  const rules = policyFixture.rules.map((rule) =>
    rule.name === "train"
      ? { ...rule, actions: [...rule.actions, "train-pipeline", "train-several", "train-hold"] }
      : rule,
  );
  return createActions({
    store: database.store,
    policy: { ...policyFixture, rules, approvals, limits },
    stages: ["cpt", "sft"].map((name) => stageFixture({ name })),
    pipelines: [pipeline],
    clusters,
    engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
    findPerson: async (id) => [minji, junho].find(({ slackUserId }) => slackUserId === id),
    now: () => new Date(nowMs),
  });
}

async function start(parameters: Record<string, string> = {}) {
  const planned = await actions.request(
    "r1",
    minji,
    "train-pipeline",
    { pipeline: "llm", parameters },
    place,
  );
  if (planned.kind !== "previewed") throw new Error(JSON.stringify(planned));
  await actions.start("r1", minji, "start");
  await actions.run("r1");
}
/** As the jobs would: what a look at the pipeline has queued is carried out. */
async function advance(): Promise<string | undefined> {
  const { queued } = await actions.advance("r1");
  if (queued !== undefined) await actions.run(queued);
  return queued;
}
async function finish(step: string, name: string, condition = "Succeeded"): Promise<void> {
  fake.setCondition(name, condition);
  await actions.observe(step);
}
const approve = () => actions.decideGate(junho, { requestId: "r1", step: 1, decision: "approve" });
const stateOf = async (id: string) =>
  (await database.store.selectFrom("requests").select("state").where("id", "=", id).executeTakeFirst())
    ?.state;
const objectOf = (name: string) => fake.objects.get(`pytorchjobs/llm-training/${name}`) as PlatformObject;

describe("a pipeline", () => {
  it("runs its stages in order, each with what the one before has made, and asks at its gate", async () => {
    await start({ "model-size": "14B" });

    expect(await advance()).toBe("r1s1");
    expect(await advance()).toBeUndefined();
    await finish("r1s1", "cpt-r1s1");
    expect(await advance()).toBeUndefined();
    expect([...fake.objects.keys()]).toHaveLength(1);
    expect(await approve()).toEqual({ kind: "decided" });
    expect(await advance()).toBe("r1s2");
    await finish("r1s2", "sft-r1s2");
    await advance();

    expect(await stateOf("r1")).toBe("done");
    expect(JSON.stringify(objectOf("sft-r1s2"))).toContain('"value":"/output/cpt-r1s1"');
    expect(JSON.stringify(objectOf("cpt-r1s1"))).toContain('"value":"14B"');
  });

  it("makes a step once, whoever looks at the same time", async () => {
    await start();

    const outcomes = await Promise.all(Array.from({ length: 10 }, () => actions.advance("r1")));

    expect(outcomes.filter(({ queued }) => queued !== undefined)).toHaveLength(1);
    expect(await stateOf("r1s1")).toBe("queued");
  });

  it("ends with the step that fails", async () => {
    await start();
    await advance();

    await finish("r1s1", "cpt-r1s1", "Failed");
    await advance();

    expect(await stateOf("r1")).toBe("failed");
    expect(fake.objects.size).toBe(1);
  });

  it("ends at a gate that is rejected, and takes the first decision only, of who may", async () => {
    await start();
    await advance();
    await finish("r1s1", "cpt-r1s1");
    await advance();
    const reject = (person: typeof minji) =>
      actions.decideGate(person, { requestId: "r1", step: 1, decision: "reject" });

    expect(await reject(minji)).toMatchObject({ kind: "denied" });
    expect(await reject(junho)).toEqual({ kind: "decided" });
    expect(await approve()).toEqual({ kind: "not-waiting" });
    await advance();

    expect(await stateOf("r1")).toBe("cancelled");
  });

  it("is approved as a whole: its steps need no approval of their own", async () => {
    actions = build([], [...policyFixture.approvals]);
    await actions.request("r1", minji, "train-pipeline", { pipeline: "llm", parameters: {} }, place);
    expect(await actions.start("r1", minji, "start")).toMatchObject({ kind: "needs-approval" });
    expect(await actions.decide("r1", junho, "approve")).toMatchObject({ kind: "approved" });
    await actions.run("r1");

    await advance();

    expect(await stateOf("r1s1")).toBe("running");
    expect(objectOf("cpt-r1s1").metadata.annotations).toMatchObject({ "jibsa.dev/approved-by": "U02LEAD" });
  });

  it("says what no step takes", async () => {
    const parameters = { "model-size": "7B", "sft.gpus": "4", nonsense: "1" };

    expect(
      await actions.request("r1", minji, "train-pipeline", { pipeline: "llm", parameters }, place),
    ).toMatchObject({ problems: [{ field: "nonsense", code: "unknown-field" }] });
  });

  it("waits with a step for which a limit is used up, and goes on when it is free", async () => {
    const limit = { name: "two GPUs", per: "person", gpus: 2 } as Limit;
    actions = build([limit]);
    await start();
    await actions.request("r2", minji, "train-start", { stage: "sft", parameters: {} }, place);
    await actions.start("r2", minji, "start");
    await actions.run("r2");

    expect(await advance()).toBeUndefined();
    expect(await stateOf("r1s1")).toBeUndefined();
    await finish("r2", "sft-r2");

    expect(await advance()).toBe("r1s1");
  });
});

describe("a stage with several values", () => {
  const several = async (parameters: Record<string, string>) =>
    actions.request("r1", minji, "train-several", { stage: "sft", parameters }, place);

  it("is one request, and a run for each value side by side; it ends with the last of them", async () => {
    expect(await several({ "model-size": "7B,14B", gpus: "2" })).toMatchObject({
      preview: { gpus: 4, steps: [{ gpus: 2 }, { gpus: 2 }] },
    });
    await actions.start("r1", minji, "start");
    await actions.run("r1");

    expect([await advance(), await advance(), await advance()]).toEqual(["r1s1", "r1s2", undefined]);
    await finish("r1s1", "sft-r1s1");
    await advance();
    expect(await stateOf("r1")).toBe("running");
    await finish("r1s2", "sft-r1s2");
    await advance();

    expect(await stateOf("r1")).toBe("done");
    expect(JSON.stringify(objectOf("sft-r1s1"))).toContain('"7B"');
    expect(JSON.stringify(objectOf("sft-r1s2"))).toContain('"14B"');
  });

  it("has failed when one of its runs has, and the others go on to their end", async () => {
    await several({ "model-size": "7B,14B" });
    await actions.start("r1", minji, "start");
    await actions.run("r1");
    await advance();
    await advance();

    await finish("r1s1", "sft-r1s1", "Failed");
    await advance();
    expect(await stateOf("r1")).toBe("running");
    await finish("r1s2", "sft-r1s2");
    await advance();

    expect(await stateOf("r1")).toBe("failed");
  });

  it("tells what is wrong with a value once, and refuses more than eight runs", async () => {
    expect(await several({ "model-size": "7B,9B", gpus: "1,99" })).toMatchObject({
      problems: [
        { field: "gpus", code: "above-maximum" },
        { field: "model-size", code: "not-a-choice" },
      ],
    });
    expect(await several({ gpus: "1,2,3,4,5,6,7,8", "model-size": "7B,14B" })).toMatchObject({
      problems: [{ code: "above-maximum", given: "16" }],
    });
  });
});

describe("a start that waits for free GPUs", () => {
  /** The cluster of the test has eight GPUs, three of them taken. */
  const hold = async (gpus: string, mode: "claim" | "auto" = "claim") => {
    const input = { stage: "sft", parameters: { gpus }, start: mode, before: "3d" };
    const planned = await actions.request("r1", minji, "train-hold", input, place);
    if (planned.kind !== "previewed") throw new Error(JSON.stringify(planned));
    await actions.start("r1", minji, "start");
    await actions.run("r1");
  };
  const outcome = async () =>
    (await database.store.selectFrom("requests").select("outcome").where("id", "=", "r1").executeTakeFirst())
      ?.outcome;
  const claim = (person: typeof minji) =>
    actions.decideGate(person, { requestId: "r1", step: 0, decision: "approve" });

  it("holds nothing and makes nothing while there is no room", async () => {
    await hold("8");

    expect(await advance()).toBeUndefined();

    expect(await outcome()).toMatchObject({ hold: { state: "waiting" } });
    expect(fake.objects.size).toBe(0);
  });

  it("is offered to its owner, who alone may claim it, and then starts once", async () => {
    await hold("4");

    expect(await advance()).toBeUndefined();
    expect(await outcome()).toMatchObject({ hold: { state: "offered" } });
    expect(await claim(junho)).toEqual({ kind: "not-yours" });
    expect(await claim(minji)).toEqual({ kind: "decided" });
    expect(await claim(minji)).toEqual({ kind: "not-waiting" });

    expect(await advance()).toBe("r1s1");
    await finish("r1s1", "sft-r1s1");
    await advance();
    expect(await stateOf("r1")).toBe("done");
  });

  it("starts by itself where that was asked for", async () => {
    await hold("4", "auto");

    expect(await advance()).toBe("r1s1");
  });

  it("is given up at its deadline", async () => {
    await hold("8");
    nowMs += 3 * 86_400_000;

    await advance();

    expect(await stateOf("r1")).toBe("expired");
  });

  it("takes no deadline that has passed or is none", async () => {
    const input = { stage: "sft", parameters: {}, start: "claim" as const, before: "yesterday" };

    expect(await actions.request("r1", minji, "train-hold", input, place)).toMatchObject({
      problems: [{ field: "before", code: "not-a-choice" }],
    });
  });
});
