import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { explainWaiting } from "#src/actions/training/waiting/explain-waiting.ts";
import { lookAtWaiting } from "#src/actions/training/waiting/look-at-waiting.ts";
import { readQuota } from "#src/actions/training/waiting/read-quota.ts";
import { withQueuePlace } from "#src/actions/training/waiting/with-queue-place.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { waitUntil } from "#test/wait-until.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";
import type { TrainingNamespace } from "./training-namespace.ts";

const LABEL = "kueue.x-k8s.io/queue-name";
const KUEUE = "kueue.x-k8s.io/v1beta2";
const params = { "model-size": "7B", "learning-rate": 2e-5, gpus: 2, "base-model": "/output/cpt_model" };

/** The explanation of a run that waits, held to what the real Kueue writes. Its visibility API is off here: places come from the order of workloads. */
describe("a run in a queue of Kueue", () => {
  let platform: Platform;
  let namespace: TrainingNamespace;
  let engine: ReturnType<typeof createPyTorchJobEngine>;
  let clusterQueue: string;
  beforeAll(async () => {
    platform = await openPlatform();
    namespace = await platform.openNamespace();
    await namespace.steer({ durationSeconds: "forever" });
    clusterQueue = `gpus-${namespace.name}`;
    const resources = [
      { name: "cpu", nominalQuota: "1000" },
      { name: "memory", nominalQuota: "10Ti" },
      { name: "nvidia.com/gpu", nominalQuota: "2" },
    ];
    await make("ResourceFlavor", clusterQueue, { nodeLabels: { "gpu-type": "h100" } });
    await make("ClusterQueue", clusterQueue, {
      namespaceSelector: {},
      resourceGroups: [
        {
          coveredResources: resources.map(({ name }) => name),
          flavors: [{ name: clusterQueue, resources }],
        },
      ],
    });
    await make("LocalQueue", "research", { clusterQueue });
    engine = createPyTorchJobEngine(new Map([["onprem-a", platform.cluster]]));
  });
  afterAll(() => platform.close());

  const make = (kind: string, name: string, spec: object) =>
    platform.admin.apply({ apiVersion: KUEUE, kind, metadata: { name }, spec }, namespace.name);

  async function submit(requestId: string, gpus = 2) {
    const base = stageFixture({ namespace: namespace.name });
    const stage = { ...base, template: { ...base.template, metadata: { labels: { [LABEL]: "research" } } } };
    const owner = personFixture();
    const object = engine.render(stage, { ...params, gpus }, { requestId, owner });
    const submitted = await engine.submit(object, "onprem-a", PEOPLE.researcher);
    if (!submitted.ok) throw new Error(JSON.stringify(submitted.failure));
    // Of those made in the same second the order is by uid: by chance.
    const second = () => Math.floor(Date.now() / 1_000);
    const madeIn = second();
    await waitUntil("the next second", () => second() > madeIn);
    return { object, ref: submitted.value };
  }
  const rowOf = ({ ref }: Awaited<ReturnType<typeof submit>>, id: string) => ({
    id,
    namespace: namespace.name,
    name: ref.name,
    uid: ref.uid ?? "",
    gpus: 2,
    detail: {},
    reason: null,
    observed_at: null,
  });

  it("is told its place, what the quota lacks and who is before it, what is reserved, and goes on when that ends", async () => {
    const first = await submit("first");
    const state = async (run: typeof first) => (await engine.observe(run.ref, PEOPLE.researcher)).state;
    await waitUntil("the first to run", async () => (await state(first)) === "running", 60_000, 100);
    const second = await submit("second");
    const third = await submit("third", 1);
    const look = (run: typeof first, id: string) =>
      lookAtWaiting(platform.cluster, rowOf(run, id), PEOPLE.researcher);
    const words = await waitUntil(
      "Kueue to look at both",
      async () => {
        const looks = await Promise.all([look(second, "second"), look(third, "third")]);
        return looks.every(({ facts }) => facts.queue?.words) ? looks : undefined;
      },
      60_000,
      100,
    );

    expect(words.map(({ facts }) => explainWaiting(facts))).toEqual([
      {
        kind: "kueue-quota",
        queue: "research",
        clusterQueue,
        place: 1,
        of: 2,
        reason: "Pending",
        words: `couldn't assign flavors to pod set master: insufficient unused quota for nvidia.com/gpu in flavor ${clusterQueue}, 2 more needed`,
        gpusMissing: 2,
      },
      expect.objectContaining({ kind: "kueue-quota", place: 2, of: 2, gpusMissing: 1 }),
    ]);
    expect(words[1]?.inQueue).toMatchObject({
      ahead: [{ ownerUid: second.ref.uid, ownerName: second.ref.name, gpus: 2, priority: 0 }],
      podGpus: 1,
      gpuType: "h100",
      holding: [first.ref.name],
    });
    // Kueue leaves out those that would be told the same: they have no words of their own.
    const fourth = await submit("fourth");
    const alike = await waitUntil(
      "Kueue to know the fourth",
      async () => (await look(fourth, "fourth")).facts.queue,
      60_000,
      100,
    );
    expect(alike).toMatchObject({ place: 3, of: 3, gpusMissing: 2 });
    expect(
      await waitUntil(
        "the reservation to be written",
        async () => {
          const asked = { object: second.object, gpus: 2, gpuType: "h100" };
          const [quota] = await readQuota(platform.cluster, asked, PEOPLE.researcher);
          return quota?.used === 4 ? quota : undefined;
        },
        60_000,
        100,
      ),
    ).toEqual({ name: clusterQueue, used: 4, limit: 2 });
    const seen = await engine.observe(second.ref, PEOPLE.researcher);
    expect(seen).toMatchObject({ state: "queued", detail: { suspended: true } });
    const placed = await withQueuePlace(
      platform.cluster,
      rowOf(second, "second"),
      seen,
      PEOPLE.researcher,
      new Date(),
    );
    expect(placed.detail).toMatchObject({ queue: { place: 1, of: 3 } });
    expect(placed.detail).not.toHaveProperty("suspended");

    await engine.cancel(first.ref, PEOPLE.researcher);
    await waitUntil("the second to run", async () => (await state(second)) === "running", 60_000, 100);
    expect((await look(second, "second")).inQueue).toBeUndefined();
  }, 240_000);

  it("is known to be larger than its queue will ever have", async () => {
    const large = await submit("large", 8);

    const reason = await waitUntil(
      "Kueue to look at it",
      async () => {
        const { facts } = await lookAtWaiting(platform.cluster, rowOf(large, "large"), PEOPLE.researcher);
        return facts.queue?.words ? explainWaiting(facts) : undefined;
      },
      60_000,
      100,
    );

    expect(reason).toMatchObject({ kind: "kueue-quota", exceedsQuota: true });
  }, 120_000);
});
