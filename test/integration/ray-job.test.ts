import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRayDashboard } from "#src/actions/adapters/ray-dashboard.ts";
import type { Cluster } from "#src/actions/cluster-ports.ts";
import { createRayJobEngine } from "#src/actions/training/engines/ray-job/ray-job-engine.ts";
import type { RayJobStatus } from "#src/actions/training/engines/ray-job/ray-job-state.ts";
import { rayJobContract } from "#test/contracts/ray-job-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { rayJobStage } from "#test/fixtures/ray-job-stage.ts";
import { researcher, startSimulated, stranger, tellOutcome } from "#test/servers/simulated-cluster.ts";

const JOBS = { group: "ray.io", version: "v1", resource: "rayjobs" } as const;
const namespace = "llm-training";
const params = { workers: 2 };

/** The dashboards are behind the API server's proxy, and this cluster has none. */
function openEngine(cluster: Cluster) {
  const clusters = new Map([["onprem-a", cluster]]);
  return createRayJobEngine(clusters, createRayDashboard(clusters, new Map()));
}

trainingEngineContract("RayJob on the in-memory cluster", async () => {
  const fake = createInMemoryCluster();
  fake.faults.readers.add(stranger.user);
  const setStatus = (name: string, status: RayJobStatus): void => {
    const job = fake.objects.get(`rayjobs/${namespace}/${name}`);
    if (job !== undefined) job["status"] = status;
  };
  const statuses = {
    running: { jobDeploymentStatus: "Running", jobStatus: "RUNNING" },
    succeeded: { jobDeploymentStatus: "Complete", jobStatus: "SUCCEEDED" },
    failed: { jobDeploymentStatus: "Failed", jobStatus: "FAILED", reason: "AppFailed" },
  };
  fake.reactions.patched = ({ metadata, ...object }) => {
    const { suspend } = object["spec"] as { suspend?: boolean };
    setStatus(metadata.name, suspend === true ? { jobDeploymentStatus: "Suspended" } : {});
  };
  return {
    engine: openEngine(fake.cluster),
    stage: rayJobStage(),
    params,
    researcher,
    stranger,
    async bring(name, state) {
      setStatus(name, statuses[state]);
    },
    settle() {},
    loseNextAnswer() {
      fake.faults.loseNextAnswer = true;
    },
    async deleteBehindOurBack() {
      fake.objects.clear();
    },
    close: async () => {},
  };
});

const openSimulated = async () => {
  const { clock, simulated, cluster, close } = await startSimulated();
  return {
    clock,
    cluster,
    engine: openEngine(cluster),
    stage: rayJobStage(),
    params,
    researcher,
    stranger,
    async bring(name: string, state: "running" | "succeeded" | "failed") {
      clock.advance(10_000);
      if (state === "failed")
        await tellOutcome(simulated.kubeconfig, namespace, { "job-name": name }, "fail");
      clock.advance(state === "running" ? 10_000 : 300_000);
    },
    settle: () => clock.advance(1_000),
    loseNextAnswer() {
      simulated.control.addFault({ kind: "lose-answer", verb: "create", resource: "rayjobs" });
    },
    async deleteBehindOurBack(name: string) {
      await cluster.delete({ ...JOBS, namespace, name }, researcher);
      clock.advance(40_000);
    },
    close,
  };
};

trainingEngineContract("RayJob on the simulated cluster", openSimulated);
rayJobContract("the simulated cluster", openSimulated);

describe("a RayJob on the simulated cluster", () => {
  let opened: Awaited<ReturnType<typeof openSimulated>>;
  beforeEach(async () => {
    opened = await openSimulated();
  });
  afterEach(() => opened.close());

  async function submit(change: object = {}) {
    const object = opened.engine.render(opened.stage, params, { requestId: "r1", owner: personFixture() });
    const spec = { ...(object["spec"] as object), ...change };
    const submitted = await opened.engine.submit({ ...object, spec }, "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    return submitted.value;
  }
  async function linesOf(ref: Awaited<ReturnType<typeof submit>>) {
    const lines = [];
    for await (const line of opened.engine.logs(ref, researcher, { tailLines: 3 })) lines.push(line);
    return lines;
  }

  it("has progress and lines from its pods where the dashboard does not answer", async () => {
    const ref = await submit();
    await opened.bring(ref.name, "running");

    const { state, progress } = await opened.engine.observe(ref, researcher);
    const [first] = await linesOf(ref);

    expect(state).toBe("running");
    expect(progress).toBeGreaterThan(0.05);
    expect(first?.pod).toMatch(new RegExp(`^${ref.name}-[a-z0-9]{5}$`));
    expect(first?.text).toMatch(/^step \d+\/200 /);
  });

  it("waits, with the scheduler's words, for room for its workers", async () => {
    const { rayClusterSpec } = opened.stage.template["spec"] as {
      rayClusterSpec: { workerGroupSpecs: object[] };
    };
    const workerGroupSpecs = rayClusterSpec.workerGroupSpecs.map((group) => ({
      ...group,
      replicas: 30,
      minReplicas: 30,
      maxReplicas: 30,
    }));
    const ref = await submit({ rayClusterSpec: { ...rayClusterSpec, workerGroupSpecs } });
    opened.settle();

    const seen = await opened.engine.observe(ref, researcher);

    expect(seen).toMatchObject({ state: "queued" });
    expect(seen.reason).toContain("Insufficient nvidia.com/gpu");
  });

  it("begins again on a cluster of its own after a failure, as often as it may", async () => {
    const ref = await submit({ backoffLimit: 1 });
    await opened.bring(ref.name, "failed");

    expect(await opened.engine.observe(ref, researcher)).toMatchObject({
      state: "succeeded",
      detail: { restarts: 1 },
    });
  });

  it("of a sweep shows its trials while it runs and keeps them at its end", async () => {
    const ref = await submit({ entrypoint: "python3 -u tune_sweep.py --samples 8" });
    await opened.bring(ref.name, "running");
    opened.clock.advance(20_000);

    const running = await opened.engine.observe(ref, researcher);
    opened.clock.advance(300_000);
    const ended = await opened.engine.observe(ref, researcher);

    expect(running.detail?.trials).toMatchObject({
      planned: 8,
      objective: { metric: "loss", goal: "minimize" },
    });
    expect(running.detail?.trials?.counts.running).toBeGreaterThan(0);
    expect(running.progress).toBeLessThan(1);
    expect(ended).toMatchObject({ state: "succeeded", progress: 1 });
    expect(ended.detail?.trials?.counts).toEqual({ succeeded: 6, cancelled: 2 });
    expect(ended.detail?.trials?.best?.parameters).toEqual({ learning_rate: "2e-5", lora_r: "32" });
    expect(ended.detail?.trials?.recent).toHaveLength(8);
  });

  it("uses a standing cluster where the stage chooses one, and leaves it", async () => {
    const operator = { user: "ops@example.com", groups: ["jibsa:operators"] };
    const { rayClusterSpec } = opened.stage.template["spec"] as { rayClusterSpec: object };
    const made = await opened.cluster.create(
      {
        apiVersion: "ray.io/v1",
        kind: "RayCluster",
        metadata: { name: "shared", namespace },
        spec: rayClusterSpec,
      },
      operator,
    );
    expect(made.ok).toBe(true);
    opened.clock.advance(10_000);
    const ref = await submit({ clusterSelector: { "ray.io/cluster": "shared" }, rayClusterSpec: undefined });

    await opened.bring(ref.name, "running");
    expect((await opened.engine.observe(ref, researcher)).state).toBe("running");
    expect(await opened.engine.suspend?.(ref, researcher)).toMatchObject({
      kind: "not-possible",
      message: expect.stringContaining("standing Ray cluster") as string,
    });
    opened.clock.advance(300_000);

    expect((await opened.engine.observe(ref, researcher)).state).toBe("succeeded");
    const shared = { group: "ray.io", version: "v1", resource: "rayclusters", namespace, name: "shared" };
    expect(await opened.cluster.get(shared, researcher)).toBeDefined();
  });
});

describe("what a RayJob asks for", () => {
  const engine = openEngine(createInMemoryCluster().cluster);
  const rendered = (spec: object, expectedGpus?: number) =>
    engine.render(
      {
        ...rayJobStage(),
        parameters: [],
        template: { spec },
        ...(expectedGpus !== undefined && { expectedGpus }),
      },
      {},
      { requestId: "r1", owner: personFixture() },
    );
  const { rayClusterSpec } = rayJobStage().template["spec"] as {
    rayClusterSpec: { workerGroupSpecs: object[] };
  };
  const withGroup = (group: object) => ({
    ...rayClusterSpec,
    workerGroupSpecs: rayClusterSpec.workerGroupSpecs.map((one) => ({ ...one, ...group })),
  });

  it.each([
    ["its workers", { rayClusterSpec: withGroup({ replicas: 3 }) }, undefined, 3],
    ["workers of several hosts", { rayClusterSpec: withGroup({ replicas: 2, numOfHosts: 4 }) }, undefined, 8],
    [
      "the most that an autoscaler may make of it",
      { rayClusterSpec: { ...withGroup({ replicas: 1, maxReplicas: 5 }), enableInTreeAutoscaling: true } },
      undefined,
      5,
    ],
    [
      "what it reserves on a standing cluster",
      { clusterSelector: { "ray.io/cluster": "a" }, entrypointNumGpus: 4 },
      undefined,
      4,
    ],
    ["what its stage declares for a standing cluster", { clusterSelector: { "ray.io/cluster": "a" } }, 8, 8],
  ])("%s", (_what, spec, expectedGpus, gpus) => {
    expect(engine.footprint(rendered(spec, expectedGpus)).gpus).toBe(gpus);
  });
});
