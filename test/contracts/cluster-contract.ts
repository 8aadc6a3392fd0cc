import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClusterUnavailableError, type Cluster } from "#src/actions/cluster-ports.ts";
import type { Identity, PlatformObject } from "#src/actions/ports.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface ClusterUnderTest {
  cluster: Cluster;
  /** May work with jobs in `llm-training`. */
  researcher: Identity;
  /** May not. */
  stranger: Identity;
  /** From now on nothing answers. */
  goAway(): Promise<void>;
  close(): Promise<void>;
}

const JOBS = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" };

/** What every cluster does: the in-memory one, the adapter on the simulated one, and later the adapter on a real one. */
export function clusterContract(name: string, open: () => Promise<ClusterUnderTest>): void {
  describe(`a cluster: ${name}`, () => {
    let opened: ClusterUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it("makes an object once, with a uid of its own", async () => {
      const { cluster, researcher } = opened;
      const job = jobObject();

      const made = await cluster.create(job, researcher);
      const again = await cluster.create(job, researcher);

      const uid = uidOf(made.ok ? made.value : undefined);
      expect(uid).toBeTruthy();
      expect(again).toEqual({ ok: false, failure: { kind: "exists" } });
      expect(uidOf(await cluster.get({ ...JOBS, name: job.metadata.name }, researcher))).toBe(uid);
    });

    it("makes nothing in a dry run", async () => {
      const { cluster, researcher } = opened;
      const job = jobObject();

      expect((await cluster.create(job, researcher, { dryRun: true })).ok).toBe(true);

      expect(await cluster.get({ ...JOBS, name: job.metadata.name }, researcher)).toBeUndefined();
    });

    it("lets people do what they may and nothing else, and tells beforehand", async () => {
      const { cluster, researcher, stranger } = opened;
      const access = {
        verb: "create",
        group: "kubeflow.org",
        resource: "pytorchjobs",
        namespace: "llm-training",
      };
      const job = jobObject();
      await cluster.create(job, researcher);

      const refused = await cluster.create(jobObject(), stranger);
      const kept = await cluster.delete({ ...JOBS, name: job.metadata.name }, stranger);

      expect(refused).toMatchObject({ ok: false, failure: { kind: "forbidden" } });
      expect(kept).toMatchObject({ ok: false, failure: { kind: "forbidden" } });
      expect(await cluster.mayI(access, researcher)).toMatchObject({ allowed: true });
      expect(await cluster.mayI(access, stranger)).toMatchObject({ allowed: false });
      expect(await cluster.get({ ...JOBS, name: job.metadata.name }, researcher)).toBeDefined();
    });

    it("lists by label, in one namespace", async () => {
      const { cluster, researcher } = opened;
      const [mine, other] = [jobObject({ team: "mine" }), jobObject({ team: "other" })];
      await cluster.create(mine, researcher);
      await cluster.create(other, researcher);

      const found = await cluster.list(JOBS, researcher, { labelSelector: "team=mine" });

      expect(found.map(({ metadata }) => metadata.name)).toEqual([mine.metadata.name]);
    });

    it("lists by field, and has nothing below an object that is not there", async () => {
      const { cluster, researcher } = opened;
      const [one, other] = [jobObject(), jobObject()];
      await cluster.create(one, researcher);
      await cluster.create(other, researcher);

      const found = await cluster.list(JOBS, researcher, {
        fieldSelector: `metadata.name=${one.metadata.name}`,
      });
      const queue = {
        group: "visibility.kueue.x-k8s.io",
        version: "v1beta2",
        resource: "localqueues",
        namespace: "llm-training",
        name: "no-such-queue",
      };
      const below = await cluster.get(queue, researcher, { subresource: "pendingworkloads" });

      expect(found.map(({ metadata }) => metadata.name)).toEqual([one.metadata.name]);
      expect(below).toBeUndefined();
    });

    it("deletes what it was asked to and no namesake", async () => {
      const { cluster, researcher } = opened;
      const job = jobObject();
      await cluster.create(job, researcher);
      const ref = { ...JOBS, name: job.metadata.name };

      const namesake = await cluster.delete(
        { ...ref, uid: "00000000-0000-0000-0000-000000000000" },
        researcher,
      );
      expect(namesake).toEqual({ ok: true, value: false });
      expect(await cluster.get(ref, researcher)).toBeDefined();

      expect(await cluster.delete(ref, researcher)).toEqual({ ok: true, value: true });
      await waitUntil("the object to go", async () => (await cluster.get(ref, researcher)) === undefined);
      expect(await cluster.delete(ref, researcher)).toEqual({ ok: true, value: false });
    });

    it("changes the fields it is given, for those who may", async () => {
      const { cluster, researcher, stranger } = opened;
      const job = jobObject({ team: "mine", rank: "old" });
      await cluster.create(job, researcher);
      const ref = { ...JOBS, name: job.metadata.name };
      const patch = { metadata: { labels: { rank: null } }, spec: { runPolicy: { suspend: true } } };

      expect(await cluster.patch(ref, patch, stranger)).toMatchObject({
        ok: false,
        failure: { kind: "forbidden" },
      });
      const changed = await cluster.patch(ref, patch, researcher);

      expect(changed).toMatchObject({ ok: true, value: { spec: { runPolicy: { suspend: true } } } });
      expect((await cluster.get(ref, researcher))?.metadata.labels).toEqual({ team: "mine" });
      expect(await cluster.patch({ ...ref, name: "no-such-job" }, patch, researcher)).toEqual({
        ok: false,
        failure: { kind: "not-found" },
      });
    });

    it("tells what is there, and of changes with the object, until it is stopped", async () => {
      const { cluster, researcher } = opened;
      const stop = new AbortController();
      const seen: { name: string; uid: string | undefined }[] = [];
      const [early, late] = [jobObject(), jobObject()];
      await cluster.create(early, researcher);
      let listed: { has(changed: string): boolean } | undefined;
      cluster.watch(
        JOBS,
        (changed, object) => seen.push({ name: changed, uid: uidOf(object) }),
        stop.signal,
        {
          onListed: (all) => (listed = all),
        },
      );
      await waitUntil("the list", () => listed?.has(early.metadata.name));
      expect(listed?.has(late.metadata.name)).toBe(false);

      const made = await cluster.create(late, researcher);
      const uid = made.ok ? uidOf(made.value) : undefined;
      const told = (wanted: string | undefined) =>
        seen.some((change) => change.name === late.metadata.name && change.uid === wanted);
      await waitUntil("the new object to be told", () => uid !== undefined && told(uid));
      await cluster.delete({ ...JOBS, name: late.metadata.name }, researcher);

      await waitUntil("its end to be told", () => told(undefined));
      stop.abort();
    });

    it("has no lines of a pod that is not there", async () => {
      const lines: string[] = [];
      const target = { namespace: "llm-training", pod: "no-such-pod" };

      for await (const line of opened.cluster.logs(target, opened.researcher, {})) lines.push(line);

      expect(lines).toEqual([]);
    });

    it("passes calls on to services, for those who may, and says itself where there is none", async () => {
      const { cluster, researcher, stranger } = opened;
      const target = { namespace: "llm-training", service: "no-such-service", port: "dashboard" };
      const call = { path: "/api/jobs/", maxBytes: 10_000, timeoutMs: 5_000 };

      const asked = await cluster.callService(target, { ...call, method: "GET" }, researcher);
      const sent = await cluster.callService(target, { ...call, method: "POST", body: {} }, researcher);
      const refused = await cluster.callService(target, { ...call, method: "GET" }, stranger);

      for (const { code, text } of [asked, sent]) {
        expect(code).toBe(404);
        expect(JSON.parse(text)).toMatchObject({
          kind: "Status",
          message: 'services "no-such-service" not found',
        });
      }
      expect(refused.code).toBe(403);
    });

    it("says by name that it is away, and does not guess", async () => {
      const { cluster, researcher } = opened;
      await opened.goAway();

      const failed = await cluster.get({ ...JOBS, name: "any" }, researcher).catch((error: unknown) => error);

      expect(failed).toBeInstanceOf(ClusterUnavailableError);
      expect(failed).toMatchObject({ cluster: cluster.name });
      expect(await cluster.isReachable()).toMatchObject({ reachable: false });
    });
  });
}

const uidOf = (object: PlatformObject | undefined) => (object?.metadata as { uid?: string } | undefined)?.uid;

function jobObject(labels: Record<string, string> = {}): PlatformObject {
  const container = { name: "pytorch", image: "unsloth-korean" };
  const template = { spec: { containers: [container] } };
  return {
    apiVersion: "kubeflow.org/v1",
    kind: "PyTorchJob",
    metadata: { name: `job-${randomBytes(5).toString("hex")}`, namespace: "llm-training", labels },
    spec: { pytorchReplicaSpecs: { Master: { replicas: 1, restartPolicy: "OnFailure", template } } },
  };
}
