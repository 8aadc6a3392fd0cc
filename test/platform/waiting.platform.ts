import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlatformObject } from "#src/actions/ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { explainWaiting } from "#src/actions/training/waiting/explain-waiting.ts";
import { lookAtWaiting } from "#src/actions/training/waiting/look-at-waiting.ts";
import { readQuota } from "#src/actions/training/waiting/read-quota.ts";
import type { WaitingReason } from "#src/actions/training/waiting/waiting-explanation.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { waitUntil } from "#test/wait-until.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";
import type { TrainingNamespace } from "./training-namespace.ts";

interface PodSpec {
  tolerations?: unknown;
  volumes?: unknown;
}

/** The explanation held to the words of the real scheduler, kubelet stand-in and quota. */
describe("a run that waits", () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openPlatform();
  });
  afterAll(() => platform.close());

  async function reasonOf(
    namespace: TrainingNamespace,
    id: string,
    gpus: number,
    kind: WaitingReason["kind"],
    change: (spec: PodSpec) => void = () => {},
  ): Promise<{ reason: WaitingReason; object: PlatformObject }> {
    const engine = createPyTorchJobEngine(new Map([["onprem-a", platform.cluster]]));
    const stage = structuredClone(stageFixture({ namespace: namespace.name }));
    const { spec } = stage.template as {
      spec: { pytorchReplicaSpecs: { Master: { template: { spec: PodSpec } } } };
    };
    change(spec.pytorchReplicaSpecs.Master.template.spec);
    const params = { "model-size": "7B", "learning-rate": 2e-5, gpus, "base-model": "/output/cpt_model" };
    const object = engine.render(stage, params, { requestId: id, owner: personFixture() });
    const submitted = await engine.submit(object, "onprem-a", PEOPLE.researcher);
    if (!submitted.ok) throw new Error(JSON.stringify(submitted.failure));
    const row = {
      id,
      namespace: namespace.name,
      name: submitted.value.name,
      uid: submitted.value.uid ?? "",
      gpus,
      detail: {},
      reason: null,
    };
    const reason = await waitUntil(
      kind,
      async () => {
        const { facts } = await lookAtWaiting(platform.cluster, row, PEOPLE.researcher);
        const found = explainWaiting(facts);
        return found.kind === kind ? found : undefined;
      },
      60_000,
      100,
    );
    return { reason, object };
  }

  it("for more GPUs than any node has, cannot start like this", async () => {
    const namespace = await platform.openNamespace();

    const { reason } = await reasonOf(namespace, "large", 16, "no-node-large-enough");

    expect(reason).toEqual({ kind: "no-node-large-enough", gpus: 16, gpuType: "h100", largest: 8 });
  });

  it("for nodes that are kept for something else, is told how many", async () => {
    const namespace = await platform.openNamespace();

    const { reason } = await reasonOf(namespace, "tainted", 2, "unschedulable", (spec) => {
      delete spec.tolerations;
    });

    expect(reason).toMatchObject({
      causes: expect.arrayContaining([
        expect.objectContaining({ kind: "taint", nodes: 4 }),
        expect.objectContaining({ kind: "selector" }),
      ]) as unknown,
    });
  });

  it("for a volume claim that is not there, is told which", async () => {
    const namespace = await platform.openNamespace();

    const { reason } = await reasonOf(namespace, "volume", 1, "volume-not-bound", (spec) => {
      spec.volumes = [{ name: "data", persistentVolumeClaim: { claimName: "no-such-claim" } }];
    });

    expect(reason).toMatchObject({ claim: "no-such-claim" });
  });

  it("for an image that cannot be pulled, is told so", async () => {
    const namespace = await platform.openNamespace();
    await namespace.steer({ outcome: "pull-error" });

    const { reason } = await reasonOf(namespace, "image", 1, "image-pull");

    expect(reason).toMatchObject({ words: expect.stringContaining("Pull") as unknown });
  });

  it("for its namespace's quota, is told which; a preview would have said so", async () => {
    const namespace = await platform.openNamespace();
    const quota = { name: "gpus", hard: { "requests.nvidia.com/gpu": "1" } };
    await platform.admin.apply(
      {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: quota.name },
        spec: { hard: quota.hard },
      },
      namespace.name,
    );
    const { object, reason } = await reasonOf(namespace, "quota", 2, "quota-exceeded");

    const uses = await readQuota(platform.cluster, { object, gpus: 2, gpuType: "h100" }, PEOPLE.researcher);

    expect(reason).toMatchObject({ quota: "gpus" });
    expect(uses).toEqual([{ name: "gpus", used: 2, limit: 1 }]);
  });
});
