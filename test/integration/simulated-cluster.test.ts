import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoreV1Api, CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import {
  startSimulatedCluster,
  type SimulatedCluster,
} from "#src/playground/cluster/start-simulated-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { waitUntil } from "#test/wait-until.ts";

let folder: string;
let clock: ReturnType<typeof createManualClock>;
let simulated: SimulatedCluster;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "jibsa-cluster-"));
  clock = createManualClock();
  simulated = await startSimulatedCluster({ port: 0, dataDir: folder, clock });
});
afterEach(async () => {
  await simulated.close();
  rmSync(folder, { recursive: true });
});

const researcher = { user: "minji@example.com", groups: ["jibsa:researchers"] };
const stranger = { user: "nobody@example.com", groups: [] };
const stage = stageFixture();
const open = () =>
  createKubernetesCluster({
    name: "onprem-a",
    simulated: true,
    source: { kubeconfig: simulated.kubeconfig },
  });
const engineOf = (cluster = open()) => createPyTorchJobEngine(new Map([["onprem-a", cluster]]));
const objectOf = (id: string, gpus = 2) =>
  engineOf().render(
    stage,
    { "model-size": "7B", "learning-rate": 2e-5, gpus, "base-model": "/output/cpt_model" },
    { requestId: id, owner: personFixture() },
  );
const refOf = (id: string) => ({ cluster: "onprem-a", namespace: "llm-training", name: `sft-${id}` });

describe("the generated client", () => {
  it("lists, creates, patches and deletes, with conflicts for stale versions", async () => {
    const config = new KubeConfig();
    config.loadFromString(simulated.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);

    const nodes = await core.listNode();
    await core.createNamespacedConfigMap({
      namespace: "mlops",
      body: { metadata: { name: "a" }, data: { key: "1" } },
    });
    const read = await core.readNamespacedConfigMap({ namespace: "mlops", name: "a" });
    const version = read.metadata?.resourceVersion ?? "";
    await core.replaceNamespacedConfigMap({
      namespace: "mlops",
      name: "a",
      body: { metadata: { name: "a", resourceVersion: version }, data: { key: "2" } },
    });

    expect(nodes.items.map((node) => node.metadata?.name)).toEqual(["cpu-1", "gpu-1", "gpu-2", "infer-1"]);
    await expect(
      core.replaceNamespacedConfigMap({
        namespace: "mlops",
        name: "a",
        body: { metadata: { name: "a", resourceVersion: version }, data: { key: "3" } },
      }),
    ).rejects.toMatchObject({ code: 409 });
    await core.deleteNamespacedConfigMap({ namespace: "mlops", name: "a" });
    await expect(core.readNamespacedConfigMap({ namespace: "mlops", name: "a" })).rejects.toMatchObject({
      code: 404,
    });
  });

  it("gets field causes for a name that Kubernetes does not take", async () => {
    const config = new KubeConfig();
    config.loadFromString(simulated.kubeconfig);
    const custom = config.makeApiClient(CustomObjectsApi);

    const refused = custom.createNamespacedCustomObject({
      group: "kubeflow.org",
      version: "v1",
      namespace: "llm-training",
      plural: "pytorchjobs",
      body: { apiVersion: "kubeflow.org/v1", kind: "PyTorchJob", metadata: { name: "Not_A_Name" }, spec: {} },
    });

    await expect(refused).rejects.toMatchObject({ code: 422 });
  });
});

describe("a PyTorchJob", () => {
  it("goes through its conditions on the clock and prints steps", async () => {
    const engine = engineOf();
    const submitted = await engine.submit(objectOf("r1"), "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    const ref = submitted.value;

    expect((await engine.observe(ref, researcher)).state).toBe("queued");
    clock.advance(32_000);
    const running = await engine.observe(ref, researcher);
    clock.advance(60_000);
    const ended = await engine.observe(ref, researcher);

    expect(running.state).toBe("running");
    expect(running.progress).toBeCloseTo(0.5, 1);
    expect(ended).toMatchObject({ state: "succeeded", progress: 1 });
    expect(ended.endedAt?.getTime()).toBeGreaterThan(ended.startedAt?.getTime() ?? Infinity);
  });

  it("can be told to fail, and its log says why", async () => {
    const engine = engineOf();
    const object = objectOf("r1");
    object.metadata.annotations = { ...object.metadata.annotations, "simulation.jibsa.dev/outcome": "fail" };
    await engine.submit(object, "onprem-a", researcher);
    clock.advance(120_000);

    const lines: string[] = [];
    for await (const line of engine.logs(refOf("r1"), researcher, { tailLines: 3 })) lines.push(line.text);

    expect((await engine.observe(refOf("r1"), researcher)).state).toBe("failed");
    expect(lines.at(-1)).toContain("CUDA out of memory");
  });

  it("waits with the scheduler's words when no node has room, and starts when there is some", async () => {
    const engine = engineOf();
    await engine.submit(objectOf("r1", 8), "onprem-a", researcher);
    await engine.submit(objectOf("r2", 8), "onprem-a", researcher);
    clock.advance(5_000);

    const states = await Promise.all(["r1", "r2"].map((id) => engine.observe(refOf(id), researcher)));

    expect(states.map(({ state }) => state)).toEqual(["running", "queued"]);
    expect(states[1]?.reason).toMatch(/0\/4 nodes are available: .*2 Insufficient nvidia.com\/gpu/);
    await engine.cancel(refOf("r1"), researcher);
    clock.advance(5_000);
    expect((await engine.observe(refOf("r2"), researcher)).state).toBe("running");
  });

  it("is created once when its answer is lost after the commit", async () => {
    const engine = engineOf();
    simulated.control.addFault({ kind: "lose-answer", verb: "create", resource: "pytorchjobs" });

    await expect(engine.submit(objectOf("r1"), "onprem-a", researcher)).rejects.toThrow();
    const again = await engine.submit(objectOf("r1"), "onprem-a", researcher);

    expect(again.ok).toBe(true);
    expect(
      await open().list(
        { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" },
        researcher,
      ),
    ).toHaveLength(1);
  });

  it("is not created by a dry run, and takes its pods with it when it goes", async () => {
    const cluster = open();
    const engine = engineOf(cluster);
    const pods = () =>
      cluster.list({ group: "", version: "v1", resource: "pods", namespace: "llm-training" }, researcher, {
        labelSelector: "training.kubeflow.org/job-name=sft-r1",
      });

    expect((await engine.check(objectOf("r1"), "onprem-a", researcher)).ok).toBe(true);
    expect((await engine.observe(refOf("r1"), researcher)).deletedElsewhere).toBe(true);
    await engine.submit(objectOf("r1"), "onprem-a", researcher);
    expect(await pods()).toHaveLength(1);
    await engine.cancel(refOf("r1"), researcher);
    expect((await pods()).map(({ metadata }) => "deletionTimestamp" in metadata)).toEqual([true]);
    clock.advance(2_000);

    expect(await pods()).toEqual([]);
    expect((await engine.observe(refOf("r1"), researcher)).deletedElsewhere).toBe(true);
  });
});

describe("rights", () => {
  it("are those of the impersonated person, and the review says the same", async () => {
    const cluster = open();
    const create = {
      verb: "create",
      group: "kubeflow.org",
      resource: "pytorchjobs",
      namespace: "llm-training",
    };

    const refused = await cluster.create(objectOf("r1"), stranger);

    expect(refused.ok ? undefined : refused.failure).toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining(
        'User "nobody@example.com" cannot create resource "pytorchjobs" in API group "kubeflow.org"',
      ) as string,
    });
    expect((await cluster.mayI(create, stranger)).allowed).toBe(false);
    expect((await cluster.mayI(create, researcher)).allowed).toBe(true);
    expect((await cluster.mayI({ ...create, namespace: "kube-system" }, researcher)).allowed).toBe(false);
  });
});

describe("the server", () => {
  it("keeps everything over a restart, and goes on from there", async () => {
    await engineOf().submit(objectOf("r1"), "onprem-a", researcher);
    await simulated.close();
    simulated = await startSimulatedCluster({ port: 0, dataDir: folder, clock });
    clock.advance(120_000);

    expect((await engineOf().observe(refOf("r1"), researcher)).state).toBe("succeeded");
  });

  it("tells a watcher of changes, also after its watch was cut", async () => {
    const cluster = open();
    const seen: string[] = [];
    const ending = new AbortController();
    cluster.watch(
      { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" },
      (name) => seen.push(name),
      ending.signal,
    );

    await engineOf().submit(objectOf("r1"), "onprem-a", researcher);
    await waitUntil("the first", () => seen.includes("sft-r1"));
    simulated.control.cutWatches();
    await engineOf().submit(objectOf("r2"), "onprem-a", researcher);
    await waitUntil("the second", () => seen.includes("sft-r2"));
    ending.abort();
  });

  it("shows who holds which GPU", async () => {
    const { nodes, simulated: labelled } = await open().status(researcher);

    expect(labelled).toBe(true);
    expect(nodes.map(({ name, total, allocated }) => `${name} ${allocated}/${total}`)).toEqual([
      "gpu-1 5/8",
      "gpu-2 0/8",
      "infer-1 2/4",
    ]);
    expect(nodes[0]?.holders.map(({ owner, gpus }) => [owner, gpus])).toEqual([
      ["dongwook", 4],
      ["haneul", 1],
    ]);
  });
});
