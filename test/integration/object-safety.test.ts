import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions } from "#src/actions/create-actions.ts";
import type { Rule } from "#src/actions/policy.ts";
import type { Stage } from "#src/actions/ports.ts";
import { hashSpec } from "#src/actions/request-row.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import type { SafetySettings } from "#src/actions/training/safety/check-object-safety.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture, policyFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

let database: OpenStore;
let fake: ReturnType<typeof createInMemoryCluster>;
beforeEach(async () => {
  database = await postgres.createDatabase();
  fake = createInMemoryCluster();
});

const minji = personFixture();
const trains: Rule = { name: "trains", effect: "allow", actions: ["train-*"] };
const place = { channel: "C02TRAINING", locale: "en" as const };
const pod = ["spec", "pytorchReplicaSpecs", "Master", "template", "spec"] as const;
/** Whoever starts it may name any image. */
const openImage: Stage = stageFixture({
  parameters: [
    {
      name: "image",
      summary: { en: "Image", ko: "이미지" },
      type: "string",
      default: "unsloth-korean:2026.10",
      path: [...pod, "containers", { name: "pytorch" }, "image"],
    },
  ],
});

function build(safety?: SafetySettings) {
  const clusters = new Map([["onprem-a", fake.cluster]]);
  return createActions({
    store: database.store,
    policy: { ...policyFixture, rules: [trains, ...policyFixture.rules], approvals: [] },
    stages: [openImage],
    clusters,
    engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
    pipelines: [
      {
        name: "twice",
        summary: { en: "Twice", ko: "두 번" },
        steps: [1, 2].map(() => ({ stage: "sft", parameters: {}, gate: false })),
      },
    ],
    findPerson: async () => minji,
    now: () => new Date(),
    ...(safety !== undefined && { safety }),
  });
}
const ask = (actions: ReturnType<typeof build>, image: string) =>
  actions.request("r1", minji, "train-start", { stage: "sft", parameters: { image } }, place);
const request = () =>
  database.store.selectFrom("requests").selectAll().where("id", "=", "r1").executeTakeFirst();

describe("an object that the settings do not allow", () => {
  it("gets no preview, and the try is in the audit", async () => {
    const outcome = await ask(build(), "evil.example.com/x");
    const audit = await database.store.selectFrom("audit").select(["event", "detail"]).execute();

    expect(outcome).toMatchObject({
      kind: "unsafe",
      violations: [{ rule: "image", value: "evil.example.com/x", allowed: ["unsloth-korean:2026.10"] }],
    });
    expect(await request()).toBeUndefined();
    expect(audit).toMatchObject([{ event: "action-unsafe", detail: { violations: [{ rule: "image" }] } }]);
  });

  it("gets no preview as a pipeline's step either", async () => {
    const input = { pipeline: "twice", parameters: { image: "evil.example.com/x" } };

    expect(await build().request("p1", minji, "train-pipeline", input, place)).toMatchObject({
      kind: "unsafe",
      violations: [{ rule: "image" }, { rule: "image" }],
    });
  });

  it("is not sent when the settings have become stricter since", async () => {
    const before = build({ images: ["registry.example.com"] });
    await ask(before, "registry.example.com/x:1");
    expect((await before.start("r1", minji, "start")).kind).toBe("queued");

    expect((await build({ images: ["registry.example.com/team"] }).run("r1")).kind).toBe("failed");
    expect(await request()).toMatchObject({ state: "failed", outcome: { kind: "unsafe" } });
    expect(fake.objects.size).toBe(0);
  });

  it("is not sent when somebody wrote it into the database, with a hash that fits", async () => {
    const actions = build();
    await ask(actions, "unsloth-korean:2026.10");
    await actions.start("r1", minji, "start");
    const row = await request();
    const spec = structuredClone(row?.spec) as Parameters<typeof hashSpec>[2];
    spec.metadata.namespace = "kube-system";
    await database.store
      .updateTable("requests")
      .set({ spec: JSON.stringify(spec), spec_hash: hashSpec("train-start", row?.input, spec) })
      .where("id", "=", "r1")
      .execute();

    expect((await actions.run("r1")).kind).toBe("failed");
    expect(await request()).toMatchObject({
      outcome: { kind: "unsafe", violations: [{ rule: "namespace", value: "kube-system" }] },
    });
    expect(fake.objects.size).toBe(0);
  });

  it("is no matter of cancelling a run where the catalogue no longer goes", async () => {
    const actions = build();
    await ask(actions, "unsloth-korean:2026.10");
    await actions.start("r1", minji, "start");
    await actions.run("r1");
    const stricter = build({ namespaces: ["elsewhere"] });

    await stricter.request("c1", minji, "train-cancel", { run: "sft-r1" }, place);
    await stricter.start("c1", minji, "start");

    expect((await stricter.run("c1")).kind).toBe("done");
  });
});
