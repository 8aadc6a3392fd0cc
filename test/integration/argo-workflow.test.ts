import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { ClusterForbiddenError } from "#src/actions/cluster-ports.ts";
import type { PlatformObject } from "#src/actions/ports.ts";
import type { RunRef } from "#src/actions/training/engine-ports.ts";
import { createArgoWorkflowEngine } from "#src/actions/training/engines/argo-workflow/argo-workflow-engine.ts";
import { parseStageParams } from "#src/actions/training/stage-catalogue.ts";
import { readConfig } from "#src/config.ts";
import { argoWorkflowContract } from "#test/contracts/argo-workflow-contract.ts";
import { koreanLlmContract } from "#test/contracts/korean-llm-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { workflowStageFixture } from "#test/fixtures/workflow-stage.ts";
import { researcher, startSimulated, stranger } from "#test/servers/simulated-cluster.ts";
import { waitUntil } from "#test/wait-until.ts";

const WORKFLOWS = {
  group: "argoproj.io",
  version: "v1alpha1",
  resource: "workflows",
  namespace: "llm-training",
};
const JOBS = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" };
const PODS = { group: "", version: "v1", resource: "pods", namespace: "llm-training" };
const CRONS = { ...WORKFLOWS, resource: "cronworkflows" };
const administrator = { user: "admin", groups: ["jibsa:operators"] };

trainingEngineContract("Argo Workflows on the simulated cluster", async () => {
  const { clock, simulated, cluster, close } = await startSimulated();
  return {
    engine: createArgoWorkflowEngine(new Map([["onprem-a", cluster]])),
    stage: workflowStageFixture(),
    params: { "model-size": "7B" },
    researcher,
    stranger,
    async bring(name, state) {
      if (state === "running") return clock.advance(20_000);
      if (state === "failed")
        for (const { metadata } of await cluster.list(PODS, researcher, {
          labelSelector: `workflows.argoproj.io/workflow=${name}`,
        }))
          await cluster.patch(
            { ...PODS, name: metadata.name },
            { metadata: { annotations: { "simulation.jibsa.dev/outcome": "fail" } } },
            administrator,
          );
      // Each step takes a minute from when it is placed.
      for (let step = 0; step < 20; step += 1) clock.advance(10_000);
    },
    settle: () => clock.advance(1_000),
    loseNextAnswer() {
      simulated.control.addFault({ kind: "lose-answer", verb: "create", resource: "workflows" });
    },
    async deleteBehindOurBack(name) {
      await cluster.delete({ ...WORKFLOWS, name }, researcher);
      clock.advance(10_000);
    },
    close,
  };
});

async function openSimulated(stepMs = 1_000) {
  const { clock, cluster, close } = await startSimulated();
  return {
    engine: createArgoWorkflowEngine(new Map([["onprem-a", cluster]])),
    cluster: "onprem-a",
    namespace: "llm-training",
    researcher,
    async arrange(object: PlatformObject) {
      const made = await cluster.create(object, administrator);
      if (!made.ok) throw new Error(JSON.stringify(made.failure));
    },
    read: ({ name }: RunRef) => cluster.get({ ...WORKFLOWS, name }, researcher),
    async podNames({ name }: RunRef) {
      const labelSelector = `workflows.argoproj.io/workflow=${name}`;
      const pods = await cluster.list(PODS, researcher, { labelSelector });
      return pods.map(({ metadata }) => metadata.name);
    },
    settle: () => clock.advance(stepMs),
    close,
    jobs: () => cluster.list(JOBS, researcher),
  };
}

argoWorkflowContract("the simulated controller", () => openSimulated());

// The simulated cluster is seeded with the template, and its executor reports what the seed says.
koreanLlmContract("the simulated controller", async () => ({
  ...(await openSimulated(5_000)),
  async reportAccuracy() {},
  async letEnd() {},
}));

describe("a step that creates a job", () => {
  let opened: Awaited<ReturnType<typeof openSimulated>>;
  beforeEach(async () => {
    opened = await openSimulated();
  });
  afterEach(() => opened.close());

  const stage = () => {
    const found = readConfig({}).stages.find(({ name }) => name === "korean-llm");
    if (found === undefined) throw new Error("the example has no stage korean-llm");
    return { ...found, cluster: "onprem-a" };
  };
  async function startTraining() {
    const params = parseStageParams(stage(), { "model-size": "14B", gpus: "8" });
    if (!params.ok) throw new Error(JSON.stringify(params.failure));
    const origin = { requestId: "r1", owner: personFixture() };
    const made = await opened.engine.submit(
      opened.engine.render(stage(), params.value, origin),
      "onprem-a",
      researcher,
    );
    if (!made.ok) throw new Error(made.failure.message);
    const ref = made.value;
    // Until the first training prints its progress.
    const seen = await waitUntil("progress of the training", async () => {
      opened.settle();
      const observation = await opened.engine.observe(ref, researcher);
      return observation.detail?.steps?.[1]?.progress !== undefined && observation;
    });
    return { ref, seen };
  }

  it("makes it with the run's parameters and owner, and is as far as its job", async () => {
    const { ref, seen } = await startTraining();

    const [job] = await opened.jobs();
    expect(job?.metadata).toMatchObject({
      name: `${ref.name}-cpt`,
      labels: { "jibsa.dev/workflow": ref.name, "jibsa.dev/step": "cpt", "jibsa.dev/owner": "minji" },
    });
    expect(JSON.stringify(job)).toContain('"name":"MODEL_SIZE","value":"14B"');
    expect(JSON.stringify(job)).toContain("unsloth/Qwen2.5-14B-bnb-4bit");
    expect(seen.detail?.steps?.[1]).toMatchObject({ name: "cpt", state: "running" });
    expect(seen.detail?.steps?.[1]?.progress).toBeGreaterThan(0);
    expect(seen.progress).toBeGreaterThan(1 / 7);
    expect(seen.progress).toBeLessThan(2 / 7);
  });

  it("shows the job's log under its own name, after those before it", async () => {
    const { ref } = await startTraining();

    const lines = [];
    for await (const line of opened.engine.logs(ref, researcher, { tailLines: 5 })) lines.push(line);

    expect([...new Set(lines.map(({ pod }) => pod))]).toEqual(["preprocess", "cpt"]);
    expect(lines.at(-1)?.text).toMatch(/^step \d+\/200/);
  });

  it("leaves no job behind when the pipeline is stopped", async () => {
    const { ref } = await startTraining();

    await opened.engine.cancel(ref, researcher);

    await waitUntil("the job's end", async () => {
      opened.settle();
      return (await opened.jobs()).length === 0;
    });
  });
});

describe("CronWorkflows", () => {
  it("are shown as the person may see them, in both ways in which a version writes its times", async () => {
    const { cluster, close } = await startSimulated();
    onTestFinished(close);
    const make = (name: string, spec: object) =>
      cluster.create(
        {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "CronWorkflow",
          metadata: { name, namespace: CRONS.namespace },
          spec: {
            workflowSpec: { entrypoint: "a", templates: [{ name: "a", container: { image: "b" } }] },
            ...spec,
          },
        },
        administrator,
      );
    await make("nightly", { schedules: ["0 2 * * *"], timezone: "Asia/Seoul" });
    await make("weekly", { schedule: "0 3 * * 1", suspend: true });
    const engine = createArgoWorkflowEngine(new Map([["onprem-a", cluster]]));

    const seen = await engine.schedules?.("onprem-a", CRONS.namespace, researcher);

    expect(seen).toEqual([
      { name: "nightly", crons: ["0 2 * * *"], timeZone: "Asia/Seoul", isActive: true },
      { name: "weekly", crons: ["0 3 * * 1"], isActive: false },
    ]);
    await expect(engine.schedules?.("onprem-a", CRONS.namespace, stranger)).rejects.toThrow(
      ClusterForbiddenError,
    );
  });
});
