import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTrainJobEngine } from "#src/actions/training/engines/train-job/train-job-engine.ts";
import type { TrainJobStatus } from "#src/actions/training/engines/train-job/train-job-state.ts";
import type { RunDetail } from "#src/actions/training/engine-ports.ts";
import { trainJobContract } from "#test/contracts/train-job-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { trainJobStage } from "#test/fixtures/train-job-stage.ts";
import { researcher, startSimulated, stranger, tellOutcome } from "#test/servers/simulated-cluster.ts";

const JOBS = { group: "trainer.kubeflow.org", version: "v1alpha1", resource: "trainjobs" } as const;
const namespace = "llm-training";
const params = { "learning-rate": 2e-5, nodes: 2 };

trainingEngineContract("TrainJob on the in-memory cluster", async () => {
  const fake = createInMemoryCluster();
  fake.faults.readers.add(stranger.user);
  const setStatus = (name: string, status: TrainJobStatus): void => {
    const job = fake.objects.get(`trainjobs/${namespace}/${name}`);
    if (job !== undefined) job["status"] = status;
  };
  const condition = (type: string) => ({ type, status: "True", reason: type, message: `${type}.` });
  const statuses = {
    running: { jobsStatus: [{ name: "node", active: 1, ready: 1 }] },
    succeeded: { conditions: [condition("Complete")] },
    failed: { conditions: [condition("Failed")] },
  };
  fake.reactions.patched = ({ metadata, ...object }) => {
    const { suspend } = object["spec"] as { suspend?: boolean };
    setStatus(metadata.name, suspend === true ? { conditions: [condition("Suspended")] } : {});
  };
  return {
    engine: createTrainJobEngine(new Map([["onprem-a", fake.cluster]])),
    stage: trainJobStage(),
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
    cluster,
    engine: createTrainJobEngine(new Map([["onprem-a", cluster]])),
    stage: trainJobStage(),
    params,
    researcher,
    stranger,
    async bring(name: string, state: "running" | "succeeded" | "failed") {
      if (state === "failed") {
        const labels = {
          "jobset.sigs.k8s.io/jobset-name": name,
          "batch.kubernetes.io/job-completion-index": "0",
        };
        await tellOutcome(simulated.kubeconfig, namespace, labels, "fail");
      }
      clock.advance(state === "running" ? 20_000 : 300_000);
    },
    settle: () => clock.advance(1_000),
    loseNextAnswer() {
      simulated.control.addFault({ kind: "lose-answer", verb: "create", resource: "trainjobs" });
    },
    async deleteBehindOurBack(name: string) {
      await cluster.delete({ ...JOBS, namespace, name }, researcher);
      clock.advance(10_000);
    },
    close,
  };
};

trainingEngineContract("TrainJob on the simulated cluster", openSimulated);
trainJobContract("the simulated cluster", openSimulated);

describe("a TrainJob on the simulated cluster", () => {
  let opened: Awaited<ReturnType<typeof openSimulated>>;
  beforeEach(async () => {
    opened = await openSimulated();
  });
  afterEach(() => opened.close());

  async function submit(nodes: number) {
    const { engine, stage } = opened;
    const object = engine.render(stage, { ...params, nodes }, { requestId: "r1", owner: personFixture() });
    const submitted = await engine.submit(object, "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    return submitted.value;
  }

  it("has its progress from the log of the first node, and everybody's lines", async () => {
    const ref = await submit(2);
    await opened.bring(ref.name, "running");

    const { progress, startedAt } = await opened.engine.observe(ref, researcher);
    const pods = new Set<string>();
    for await (const { pod } of opened.engine.logs(ref, researcher, { tailLines: 5 }))
      pods.add(pod.replace(/-[a-z0-9]{5}$/, ""));

    expect(progress).toBeGreaterThan(0.1);
    expect(progress).toBeLessThan(0.5);
    expect(startedAt).toBeInstanceOf(Date);
    expect(pods).toEqual(new Set([`${ref.name}-node-0-0`, `${ref.name}-node-0-1`]));
  });

  it("waits, with the scheduler's words, while only some of its nodes have a GPU", async () => {
    // 16 H100, of which 5 are taken.
    const stage = {
      ...trainJobStage(),
      parameters: [],
      template: structuredClone(opened.stage.template) as {
        spec: { trainer: { resourcesPerNode: unknown } };
      },
    };
    stage.template.spec.trainer.resourcesPerNode = { limits: { "nvidia.com/gpu": 7 } };
    const object = opened.engine.render(stage, {}, { requestId: "r2", owner: personFixture() });
    const submitted = await opened.engine.submit(object, "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    opened.settle();

    const seen = await opened.engine.observe(submitted.value, researcher);

    expect(seen.state).toBe("queued");
    expect(seen.reason).toContain("Insufficient nvidia.com/gpu");
  });

  it("tells progress and remaining time of its trainer, where the cluster reports them", async () => {
    const ref = await submit(1);
    await opened.bring(ref.name, "running");
    const operator = { user: "ops@example.com", groups: ["jibsa:operators"] };
    const trainerStatus = {
      progressPercentage: 42,
      estimatedRemainingSeconds: 600,
      lastUpdatedTime: "2026-11-24T00:00:20Z",
    };
    await opened.cluster.patch(
      { ...JOBS, namespace, name: ref.name },
      { status: { trainerStatus } },
      operator,
      {
        subresource: "status",
      },
    );

    const seen = await opened.engine.observe(ref, researcher);

    expect(seen).toMatchObject({ progress: 0.42, detail: { remainingSeconds: 600 } satisfies RunDetail });
  });
});
