import { describe, expect, it } from "vitest";
import { ClusterForbiddenError } from "#src/actions/cluster-ports.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { trainJobStage } from "#test/fixtures/train-job-stage.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { createTrainJobEngine } from "./train-job-engine.ts";
import { inWordsOf } from "./train-job-overrides.ts";

const as = { user: "minji@example.com", groups: [] };
const labels = { "jibsa.dev/request-id": "r1", "jibsa.dev/owner": "minji", "jibsa.dev/stage": "sft-trainer" };

function open(field?: string) {
  const fake = createInMemoryCluster();
  if (field !== undefined)
    fake.objects.set("customresourcedefinitions//trainjobs.trainer.kubeflow.org", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "trainjobs.trainer.kubeflow.org", namespace: "" },
      spec: {
        versions: [
          {
            name: "v1alpha1",
            served: true,
            schema: { openAPIV3Schema: { properties: { spec: { properties: { [field]: {} } } } } },
          },
        ],
      },
    });
  const engine = createTrainJobEngine(new Map([["onprem-a", fake.cluster]]));
  const object = engine.render(trainJobStage(), {}, { requestId: "r1", owner: personFixture() });
  const submitted = async () => {
    await engine.submit(object, "onprem-a", as);
    return [...fake.objects.values()].find(({ kind }) => kind === "TrainJob")?.["spec"] as Record<
      string,
      unknown
    >;
  };
  return { fake, engine, object, submitted };
}

describe("pods of a TrainJob are labelled in the words of the cluster's Trainer", () => {
  it("2.2 and newer: a patch of the runtime in Jibsa's own name, beside the stage's", async () => {
    const { runtimePatches } = await open("runtimePatches").submitted();

    expect(runtimePatches).toMatchObject([
      { manager: "jibsa.dev/catalogue" },
      {
        manager: "jibsa.dev/run",
        trainingRuntimeSpec: {
          template: {
            spec: {
              replicatedJobs: [{ name: "node", template: { spec: { template: { metadata: { labels } } } } }],
            },
          },
        },
      },
    ]);
  });

  it("2.1: overrides of pod templates", async () => {
    const spec = await open("podTemplateOverrides").submitted();

    expect(spec).not.toHaveProperty("runtimePatches");
    expect(spec["podTemplateOverrides"]).toMatchObject([
      { targetJobs: [{ name: "node" }], spec: { nodeSelector: { "gpu-type": "h100" } } },
      { targetJobs: [{ name: "node" }], metadata: { labels } },
    ]);
  });

  it("2.0: overrides of pod specs, and the labels that go on to everything", async () => {
    const spec = await open("podSpecOverrides").submitted();

    expect(spec).not.toHaveProperty("runtimePatches");
    expect(spec["labels"]).toEqual(labels);
    expect(spec["podSpecOverrides"]).toMatchObject([
      { targetJobs: [{ name: "node" }], nodeSelector: { "gpu-type": "h100" } },
    ]);
  });

  it("takes the newest where nobody says or the person may not look", async () => {
    const closed = open("podSpecOverrides");
    closed.fake.cluster.get = () =>
      Promise.reject(new ClusterForbiddenError("customresourcedefinitions is forbidden"));

    expect(await open().submitted()).toHaveProperty("runtimePatches");
    expect(await closed.submitted()).toHaveProperty("runtimePatches");
  });

  it.each([
    ["8", 8],
    ["auto", undefined],
    [4, 4],
  ])("takes %j processes for each node as 2.2 does", (given, taken) => {
    const { object } = open();
    const spec = object["spec"] as { trainer: object };

    const adapted = inWordsOf("runtimePatches", {
      ...object,
      spec: { ...spec, trainer: { ...spec.trainer, numProcPerNode: given } },
    });

    expect((adapted["spec"] as { trainer: { numProcPerNode?: unknown } }).trainer.numProcPerNode).toBe(taken);
    expect(adapted["spec"]).toHaveProperty("runtimePatches");
  });
});

describe("what a TrainJob asks for", () => {
  it.each([
    [
      "its own resources",
      { numNodes: 3, resourcesPerNode: { limits: { "nvidia.com/gpu": 4 } } },
      undefined,
      12,
    ],
    ["what the stage declares where the runtime asks", { numNodes: 3 }, 6, 6],
    [
      "its own resources before what the stage declares",
      { resourcesPerNode: { requests: { "nvidia.com/gpu": "2" } } },
      6,
      2,
    ],
    ["one for each process where nothing else tells", { numNodes: 2, numProcPerNode: 8 }, undefined, 16],
    ["nothing", { numProcPerNode: "auto" }, undefined, 0],
  ])("%s", (_what, trainer, expectedGpus, gpus) => {
    const { engine } = open();
    const stage = {
      ...trainJobStage(),
      template: { spec: { runtimeRef: { name: "torch-distributed" }, trainer } },
      ...(expectedGpus !== undefined && { expectedGpus }),
      parameters: [],
    };

    const object = engine.render(stage, {}, { requestId: "r1", owner: personFixture() });

    expect(engine.footprint(object)).toMatchObject({ gpus });
  });

  it("has a name that leaves room for what JobSet adds, and begins with a letter", () => {
    const { engine } = open();
    const named = (name: string) =>
      engine.render({ ...trainJobStage(), name }, {}, { requestId: "r1a2b3", owner: personFixture() })
        .metadata.name;

    expect(named("a-stage-with-a-name-of-forty-characters-")).toHaveLength(39);
    expect(named("7b-sft")).toBe("s7b-sft-r1a2b3");
  });
});
