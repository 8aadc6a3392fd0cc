import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Cluster } from "#src/actions/cluster-ports.ts";
import type { Identity, PlatformObject, Stage, StageParams } from "#src/actions/ports.ts";
import type { TrainingEngine } from "#src/actions/training/engine-ports.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface TrainJobsUnderTest {
  cluster: Cluster;
  engine: TrainingEngine;
  stage: Stage;
  params: StageParams;
  researcher: Identity;
  /** Lets the platform's own loops go round where a test holds its clock. */
  settle(): void;
  close(): Promise<void>;
}

const JOBS = { group: "trainer.kubeflow.org", version: "v1alpha1", resource: "trainjobs" } as const;
const PODS = { group: "", version: "v1", resource: "pods" } as const;

/** What Kubeflow Trainer does with our TrainJobs, simulated or real. */
export function trainJobContract(name: string, open: () => Promise<TrainJobsUnderTest>): void {
  describe(`a TrainJob: ${name}`, () => {
    let opened: TrainJobsUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const render = (requestId: string): PlatformObject =>
      opened.engine.render(opened.stage, opened.params, { requestId, owner: personFixture() });
    async function submit(requestId: string) {
      const { engine, stage, researcher } = opened;
      const submitted = await engine.submit(render(requestId), stage.cluster, researcher);
      if (!submitted.ok) throw new Error(submitted.failure.message);
      return submitted.value;
    }
    const namespace = () => opened.stage.namespace;

    it("becomes a pod for each node, each with JobSet's labels and ours", async () => {
      const ref = await submit("c1");
      const labelSelector = `jobset.sigs.k8s.io/jobset-name=${ref.name}`;
      let pods: readonly PlatformObject[] = [];
      await waitUntil("the pods of both nodes", async () => {
        opened.settle();
        pods = await opened.cluster.list({ ...PODS, namespace: namespace() }, opened.researcher, {
          labelSelector,
        });
        return pods.length === 2;
      });

      const indexes = pods.map(
        ({ metadata }) => metadata.labels?.["batch.kubernetes.io/job-completion-index"],
      );
      expect(new Set(indexes)).toEqual(new Set(["0", "1"]));
      for (const { metadata, ...pod } of pods) {
        expect(metadata.labels).toMatchObject({
          "jobset.sigs.k8s.io/replicatedjob-name": "node",
          "jibsa.dev/request-id": "c1",
          "jibsa.dev/stage": opened.stage.name,
        });
        const { containers, nodeSelector } = pod["spec"] as {
          containers: { name: string; resources: { limits: Record<string, string> } }[];
          nodeSelector: Record<string, string>;
        };
        expect(containers.map((container) => container.name)).toContain("node");
        expect(containers.find((one) => one.name === "node")?.resources.limits["nvidia.com/gpu"]).toEqual(
          expect.toSatisfy((gpus: unknown) => Number(gpus) === 1),
        );
        expect(nodeSelector).toMatchObject({ "gpu-type": "h100" });
      }
    });

    it("of a runtime that there is not is refused, with the name of the runtime", async () => {
      const { engine, stage, researcher } = opened;
      const object = render("c2");
      const spec = { ...(object["spec"] as object), runtimeRef: { name: "no-such-runtime" } };

      const checked = await engine.check({ ...object, spec }, stage.cluster, researcher);

      expect(checked).toMatchObject({ ok: false, failure: { kind: "invalid" } });
      expect(JSON.stringify(checked)).toContain("no-such-runtime");
    });

    it("does not change its trainer any more, and says so", async () => {
      const ref = await submit("c3");
      const target = { ...JOBS, namespace: namespace(), name: ref.name };

      const patched = await opened.cluster.patch(
        target,
        { spec: { trainer: { numNodes: 3 } } },
        opened.researcher,
      );

      expect(patched).toMatchObject({ ok: false, failure: { kind: "invalid" } });
      expect(JSON.stringify(patched)).toMatch(/field is immutable/);
    });

    it("gives its pods back while it is suspended", async () => {
      const ref = await submit("c4");
      const labelSelector = `jobset.sigs.k8s.io/jobset-name=${ref.name}`;
      const countPods = async () => {
        opened.settle();
        return (
          await opened.cluster.list({ ...PODS, namespace: namespace() }, opened.researcher, { labelSelector })
        ).length;
      };
      await waitUntil("its pods", async () => (await countPods()) === 2);

      expect(await opened.engine.suspend?.(ref, opened.researcher)).toEqual({ kind: "done" });
      await waitUntil("its pods to be gone", async () => (await countPods()) === 0);
      expect(await opened.engine.observe(ref, opened.researcher)).toMatchObject({
        state: "queued",
        detail: { suspended: true },
      });

      expect(await opened.engine.resume?.(ref, opened.researcher)).toEqual({ kind: "done" });
      await waitUntil("its pods to be back", async () => (await countPods()) === 2);
    });
  });
}
