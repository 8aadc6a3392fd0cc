import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlatformObject } from "#src/actions/ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { findInQueue } from "#src/actions/training/waiting/find-in-queue.ts";
import { readQuota } from "#src/actions/training/waiting/read-quota.ts";
import { makeQueues } from "#test/servers/kueue-objects.ts";
import { researcher, startSimulated, stranger } from "#test/servers/simulated-cluster.ts";

const namespace = "llm-training";
const JOBS = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace };
const WORKLOADS = { group: "kueue.x-k8s.io", version: "v1beta2", resource: "workloads", namespace };
const VISIBLE = {
  group: "visibility.kueue.x-k8s.io",
  version: "v1beta2",
  resource: "localqueues",
  namespace,
  name: "research",
};

let opened: Awaited<ReturnType<typeof startSimulated>>;
beforeEach(async () => {
  opened = await startSimulated();
  await makeQueues(opened.cluster, {
    clusterQueue: "gpus",
    gpus: 4,
    gpuType: "h100",
    namespace,
    localQueues: ["research", "batch"],
  });
});
afterEach(() => opened.close());

function job(name: string, gpus: number, queue = "research"): PlatformObject {
  const container = {
    name: "pytorch",
    image: "example/train:1",
    resources: { limits: { "nvidia.com/gpu": String(gpus) } },
  };
  const spec = {
    nodeSelector: { "gpu-type": "h100" },
    tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
    containers: [container],
  };
  return {
    apiVersion: "kubeflow.org/v1",
    kind: "PyTorchJob",
    metadata: { name, namespace, labels: { "kueue.x-k8s.io/queue-name": queue } },
    spec: {
      pytorchReplicaSpecs: { Master: { replicas: 1, restartPolicy: "Never", template: { spec } } },
    },
  };
}
async function submit(name: string, gpus: number, queue?: string): Promise<string> {
  const made = await opened.cluster.create(job(name, gpus, queue), researcher);
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  opened.clock.advance(1_000);
  return (made.value.metadata as { uid?: string }).uid ?? "";
}
const found = (uid: string) => findInQueue(opened.cluster, { namespace, uid }, researcher);
const stateOf = async (name: string) => {
  const object = await opened.cluster.get({ ...JOBS, name }, researcher);
  const { conditions = [] } = (object?.["status"] ?? {}) as {
    conditions?: { type: string; status: string }[];
  };
  return conditions.filter(({ status }) => status === "True").at(-1)?.type;
};

describe("jobs that name a queue of Kueue", () => {
  it("run while the quota lasts; the next is held, with its place, what is missing and who is before it", async () => {
    const first = await submit("first", 4);
    const second = await submit("second", 2);
    const third = await submit("third", 3);
    opened.clock.advance(5_000);

    expect(await stateOf("first")).toBe("Running");
    expect(await stateOf("second")).toBe("Suspended");
    expect(await found(first)).toBeUndefined();
    expect(await found(second)).toMatchObject({
      place: {
        queue: "research",
        clusterQueue: "gpus",
        place: 1,
        of: 2,
        reason: "Pending",
        words:
          "couldn't assign flavors to pod set master: insufficient unused quota for nvidia.com/gpu in flavor h100, 2 more needed",
        gpusMissing: 2,
      },
      ahead: [],
      podGpus: 2,
      gpuType: "h100",
    });
    expect(await found(third)).toMatchObject({
      place: { place: 2, of: 2, gpusMissing: 3 },
      ahead: [{ ownerUid: second, ownerName: "second", gpus: 2, priority: 0 }],
    });
  });

  it("start by themselves when one before them ends", async () => {
    await submit("first", 4);
    const second = await submit("second", 2);

    opened.clock.advance(120_000);

    expect(await stateOf("first")).toBe("Succeeded");
    expect(await found(second)).toBeUndefined();
    expect(["Running", "Succeeded"]).toContain(await stateOf("second"));
  });

  it("are known to be too large for the queue, or in none that exists", async () => {
    const large = await submit("large", 8);
    const lost = await submit("lost", 1, "no-such-queue");

    expect(await found(large)).toMatchObject({ place: { exceedsQuota: true, reason: "Pending" } });
    expect(await found(lost)).toMatchObject({
      place: { reason: "Inadmissible", words: "LocalQueue no-such-queue doesn't exist" },
    });
  });

  it("give the quota back when they are taken out of the queue, and say so", async () => {
    const first = await submit("first", 4);
    const second = await submit("second", 4);
    const [workload] = (await opened.cluster.list(WORKLOADS, researcher)).filter(({ metadata }) =>
      metadata.name.startsWith("pytorchjob-first-"),
    );
    const admin = { user: "ops@example.com", groups: ["jibsa:operators"] };

    await opened.cluster.patch(
      { ...WORKLOADS, name: workload?.metadata.name ?? "" },
      { spec: { active: false } },
      admin,
    );
    opened.clock.advance(5_000);

    expect(await found(first)).toMatchObject({ place: { reason: "Deactivated" } });
    expect(await found(second)).toBeUndefined();
    expect(await stateOf("first")).toBe("Suspended");
  });

  it("are suspended and resumed through their Workload, by those who may", async () => {
    const lead = { user: "ops@example.com", groups: ["jibsa:operators"] };
    const uid = await submit("first", 4);
    opened.clock.advance(2_000);
    const engine = createPyTorchJobEngine(new Map([["onprem-a", opened.cluster]]));
    const ref = { cluster: "onprem-a", namespace, name: "first", uid };

    expect(await engine.suspend?.(ref, stranger)).toMatchObject({ kind: "forbidden" });
    expect(await engine.suspend?.(ref, lead)).toEqual({ kind: "done" });
    opened.clock.advance(10_000);
    expect(await stateOf("first")).toBe("Suspended");
    expect(await engine.suspend?.(ref, lead)).toEqual({ kind: "unchanged" });

    expect(await engine.resume?.(ref, lead)).toEqual({ kind: "done" });
    opened.clock.advance(5_000);
    expect(await stateOf("first")).toBe("Running");
  });

  it("are told in order by the visibility API, each queue its own, and to nobody who may not look", async () => {
    await submit("first", 4);
    await submit("in-batch", 4, "batch");
    await submit("second", 4);

    const summary = await opened.cluster.get(VISIBLE, researcher, { subresource: "pendingworkloads" });

    expect(summary?.["items"]).toMatchObject([
      { localQueueName: "research", positionInClusterQueue: 1, positionInLocalQueue: 0 },
    ]);
    await expect(opened.cluster.get(VISIBLE, stranger, { subresource: "pendingworkloads" })).rejects.toThrow(
      "cannot get resource",
    );
    expect(
      await opened.cluster.get({ ...VISIBLE, name: "none" }, researcher, { subresource: "pendingworkloads" }),
    ).toBeUndefined();
  });

  it("count in a preview with what is in use of their queue", async () => {
    await submit("first", 3);

    const asked = { object: job("next", 2), gpus: 2, gpuType: "h100" };

    expect(await readQuota(opened.cluster, asked, researcher)).toEqual([{ name: "gpus", used: 5, limit: 4 }]);
  });
});

describe("a job that names no queue", () => {
  it("is none of Kueue's business", async () => {
    const plain = job("plain", 8);
    delete plain.metadata.labels;

    await opened.cluster.create(plain, researcher);
    opened.clock.advance(5_000);

    expect(await stateOf("plain")).toBe("Running");
    expect(await opened.cluster.list(WORKLOADS, researcher)).toEqual([]);
  });
});
