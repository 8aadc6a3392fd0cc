import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Cluster } from "#src/actions/cluster-ports.ts";
import type { Identity, PlatformObject, Stage, StageParams } from "#src/actions/ports.ts";
import type { TrainingEngine } from "#src/actions/training/engine-ports.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface RayJobsUnderTest {
  cluster: Cluster;
  engine: TrainingEngine;
  stage: Stage;
  params: StageParams;
  researcher: Identity;
  /** Lets the platform's own loops go round where a test holds its clock. */
  settle(): void;
  close(): Promise<void>;
}

const RAY = { group: "ray.io", version: "v1" } as const;
const PODS = { group: "", version: "v1", resource: "pods" } as const;

/** What KubeRay does with our RayJobs up to the point where Ray itself runs the job, simulated or real. */
export function rayJobContract(name: string, open: () => Promise<RayJobsUnderTest>): void {
  describe(`a RayJob: ${name}`, () => {
    let opened: RayJobsUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const render = (requestId: string): PlatformObject =>
      opened.engine.render(opened.stage, opened.params, { requestId, owner: personFixture() });
    async function submit(object: PlatformObject) {
      const { engine, stage, researcher } = opened;
      const submitted = await engine.submit(object, stage.cluster, researcher);
      if (!submitted.ok) throw new Error(submitted.failure.message);
      return submitted.value;
    }
    const observe = async (ref: Awaited<ReturnType<typeof submit>>) => {
      opened.settle();
      return opened.engine.observe(ref, opened.researcher);
    };
    const list = (resource: "rayclusters" | "pods") => {
      const target = resource === "pods" ? PODS : { ...RAY, resource };
      return opened.cluster.list({ ...target, namespace: opened.stage.namespace }, opened.researcher);
    };
    /** Objects that belong to that job, by the label that we gave. */
    const partsOf = async (resource: "rayclusters" | "pods", requestId: string) => {
      opened.settle();
      const label =
        resource === "pods"
          ? ["jibsa.dev/request-id", requestId]
          : ["ray.io/originated-from-cr-name", render(requestId).metadata.name];
      return (await list(resource)).filter(({ metadata }) => metadata.labels?.[label[0] ?? ""] === label[1]);
    };

    it("becomes a Ray cluster of its own, with our labels on head and workers", async () => {
      await submit(render("c1"));
      await waitUntil("head and workers", async () => (await partsOf("pods", "c1")).length === 3);

      const [clusters, pods] = [await partsOf("rayclusters", "c1"), await partsOf("pods", "c1")];

      expect(clusters).toHaveLength(1);
      const rayCluster = clusters[0]?.metadata.name;
      const types = pods.map(({ metadata }) => metadata.labels?.["ray.io/node-type"]);
      expect(types.filter((type) => type === "head")).toHaveLength(1);
      expect(types.filter((type) => type === "worker")).toHaveLength(2);
      for (const { metadata } of pods) expect(metadata.labels?.["ray.io/cluster"]).toBe(rayCluster);
    });

    it("begins before it runs: starting, or waiting for room", async () => {
      const ref = await submit(render("c2"));

      await waitUntil("its cluster to begin", async () =>
        ["starting", "queued"].includes((await observe(ref)).state),
      );
      expect((await observe(ref)).uid).toBe(ref.uid);
    });

    it("gives its cluster back while it is suspended, and gets another one", async () => {
      const { engine, researcher } = opened;
      const ref = await submit(render("c3"));
      await waitUntil("its pods", async () => (await partsOf("pods", "c3")).length === 3);
      const [first] = await partsOf("rayclusters", "c3");

      expect(await engine.suspend?.(ref, researcher)).toEqual({ kind: "done" });
      await waitUntil("it to be suspended", async () => (await observe(ref)).detail?.suspended === true);
      expect((await observe(ref)).state).toBe("queued");
      await waitUntil("its pods to be gone", async () => (await partsOf("pods", "c3")).length === 0);

      expect(await engine.resume?.(ref, researcher)).toEqual({ kind: "done" });
      await waitUntil("another cluster", async () => (await partsOf("rayclusters", "c3")).length === 1);
      expect((await partsOf("rayclusters", "c3"))[0]?.metadata.name).not.toBe(first?.metadata.name);
    });

    it("is not suspended where KubeRay cannot, and the reason is told", async () => {
      const { engine, researcher } = opened;
      const object = render("c4");
      const spec = { ...(object["spec"] as object), shutdownAfterJobFinishes: false };
      const ref = await submit({ ...object, spec });

      expect(await engine.suspend?.(ref, researcher)).toEqual({
        kind: "not-possible",
        message: "KubeRay suspends only a RayJob with shutdownAfterJobFinishes",
      });
    });

    it("with a mistake is failed, with KubeRay's own words", async () => {
      const object = render("c5");
      const { rayClusterSpec: _none, ...spec } = object["spec"] as { rayClusterSpec?: unknown };
      const ref = await submit({ ...object, spec });

      await waitUntil("it to be found wrong", async () => (await observe(ref)).state === "failed");

      expect((await observe(ref)).reason).toMatch(
        /^ValidationFailed: .*one of RayClusterSpec or ClusterSelector must be set/,
      );
    });

    it("with a name that is too long is failed: ours never is", async () => {
      const object = render("c6");
      const tooLong = "x".repeat(48);
      const ref = await submit({ ...object, metadata: { ...object.metadata, name: tooLong } });

      await waitUntil("it to be found wrong", async () => (await observe(ref)).state === "failed");

      expect((await observe(ref)).reason).toContain("no more than 47 characters");
      const longest = { ...opened.stage, name: "a-stage-with-a-name-of-forty-characters0" };
      const ours = opened.engine.render(longest, opened.params, {
        requestId: "r1a2b3",
        owner: personFixture(),
      });
      expect(ours.metadata.name.length).toBeLessThanOrEqual(47);
    });

    it("takes its cluster along when it is cancelled", async () => {
      const { engine, researcher } = opened;
      const ref = await submit(render("c7"));
      await waitUntil("its pods", async () => (await partsOf("pods", "c7")).length === 3);

      expect(await engine.cancel(ref, researcher)).toEqual({ kind: "cancelled" });

      await waitUntil("everything to be gone", async () => {
        const seen = await observe(ref);
        return seen.deletedElsewhere === true && (await partsOf("pods", "c7")).length === 0;
      });
      expect(await partsOf("rayclusters", "c7")).toEqual([]);
    });
  });
}
