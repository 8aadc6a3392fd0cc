import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createArgoServer } from "#src/actions/adapters/argo-server.ts";
import { ClusterUnavailableError } from "#src/actions/cluster-ports.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { workflowStageFixture } from "#test/fixtures/workflow-stage.ts";
import { startArgoServer } from "#test/servers/argo-server.ts";
import { createArgoWorkflowEngine } from "./argo-workflow-engine.ts";
import { readNodes } from "./read-nodes.ts";
import type { Workflow, WorkflowNode, WorkflowStatus } from "./workflow-shapes.ts";

const minji = { user: "minji@example.com", groups: ["jibsa:researchers"] };
const stranger = { user: "nobody@example.com", groups: [] };
const stage = workflowStageFixture();
const gate: WorkflowNode = {
  id: "g1",
  name: "wf.gate",
  displayName: "gate",
  type: "Suspend",
  phase: "Running",
};

let fake: ReturnType<typeof createInMemoryCluster>;
let now: Date;
beforeEach(() => {
  fake = createInMemoryCluster();
  fake.faults.readers.add(stranger.user);
  now = new Date("2026-11-24T03:00:00Z");
});

async function start(status: WorkflowStatus, options: Parameters<typeof createArgoWorkflowEngine>[1] = {}) {
  const engine = createArgoWorkflowEngine(new Map([["onprem-a", fake.cluster]]), {
    now: () => now,
    ...options,
  });
  const object = engine.render(stage, { "model-size": "7B" }, { requestId: "r1", owner: personFixture() });
  const made = await engine.submit(object, "onprem-a", minji);
  if (!made.ok) throw new Error(made.failure.message);
  const stored = (): Workflow => [...fake.objects.values()][0] as Workflow;
  stored().status = status;
  return { engine, ref: made.value, stored };
}

describe("a gate", () => {
  it("is approved in the person's name, and only once", async () => {
    const { engine, ref, stored } = await start({ phase: "Running", nodes: { g1: gate } });

    expect(await engine.decideGate?.(ref, "g1", "approve", minji)).toEqual({ kind: "done" });

    expect(stored().status?.nodes?.["g1"]).toMatchObject({
      phase: "Succeeded",
      finishedAt: "2026-11-24T03:00:00Z",
      message: "approved by minji@example.com",
    });
    expect(await engine.decideGate?.(ref, "g1", "reject", minji)).toEqual({ kind: "unchanged" });
    expect(stored().status?.nodes?.["g1"]?.phase).toBe("Succeeded");
  });

  it("is rejected", async () => {
    const { engine, ref, stored } = await start({ phase: "Running", nodes: { g1: gate } });

    await engine.decideGate?.(ref, "g1", "reject", minji);

    expect(stored().status?.nodes?.["g1"]).toMatchObject({
      phase: "Failed",
      message: "rejected by minji@example.com",
    });
  });

  it("is not decided by who may not, nor where there is none", async () => {
    const { engine, ref } = await start({ phase: "Running", nodes: { g1: gate } });

    expect(await engine.decideGate?.(ref, "g1", "approve", stranger)).toMatchObject({ kind: "forbidden" });
    expect(await engine.decideGate?.(ref, "g2", "approve", minji)).toMatchObject({ kind: "not-possible" });
    fake.faults.forbidden = true;
    expect(await engine.decideGate?.(ref, "g1", "approve", minji)).toMatchObject({ kind: "forbidden" });
    fake.faults.forbidden = false;
    expect(await engine.decideGate?.({ ...ref, uid: "another" }, "g1", "approve", minji)).toEqual({
      kind: "not-found",
    });
  });

  it("takes the defaults of what a person would supply, and is refused where there is none", async () => {
    const asking = (name: string, valueFrom: object) => ({
      ...gate,
      id: name,
      outputs: { parameters: [{ name: "target", valueFrom: { supplied: {}, ...valueFrom } }] },
    });
    const nodes = { a: asking("a", { default: "staging" }), b: asking("b", {}) };
    const { engine, ref, stored } = await start({ phase: "Running", nodes });

    expect(await engine.decideGate?.(ref, "a", "approve", minji)).toEqual({ kind: "done" });
    expect(stored().status?.nodes?.["a"]?.outputs).toEqual({
      parameters: [{ name: "target", value: "staging" }],
    });
    expect(await engine.decideGate?.(ref, "b", "approve", minji)).toMatchObject({
      kind: "not-possible",
      message: expect.stringContaining("target"),
    });
    expect(await engine.decideGate?.(ref, "b", "reject", minji)).toEqual({ kind: "done" });
  });

  it("of a packed workflow is packed again with all its other nodes", async () => {
    const nodes = { g1: gate, p1: { id: "p1", name: "wf.prepare", type: "Pod", phase: "Succeeded" } };
    const compressedNodes = gzipSync(JSON.stringify(nodes)).toString("base64");
    const { engine, ref, stored } = await start({ phase: "Running", compressedNodes });

    await engine.decideGate?.(ref, "g1", "approve", minji);

    expect(stored().status?.nodes).toBeUndefined();
    expect(readNodes(stored().status ?? {})).toMatchObject({
      nodes: { g1: { phase: "Succeeded" }, p1: { phase: "Succeeded" } },
    });
  });
});

describe("cancelling", () => {
  it("stops first, ends without exit handlers when it is asked for again later, and not by a mere repetition", async () => {
    const { engine, ref, stored } = await start({ phase: "Running" });

    expect(await engine.cancel(ref, minji)).toEqual({ kind: "cancelled" });
    expect(stored().spec?.shutdown).toBe("Stop");
    now = new Date(now.getTime() + 5_000);
    expect(await engine.cancel(ref, minji)).toEqual({ kind: "cancelled" });
    expect(stored().spec?.shutdown).toBe("Stop");
    now = new Date(now.getTime() + 60_000);
    expect(await engine.cancel(ref, minji)).toEqual({ kind: "cancelled" });

    expect(stored().spec?.shutdown).toBe("Terminate");
  });

  it("lets a suspended workflow come to its end", async () => {
    const { engine, ref, stored } = await start({ phase: "Running" });
    await engine.suspend?.(ref, minji);

    await engine.cancel(ref, minji);

    expect(stored().spec).toMatchObject({ shutdown: "Stop" });
    expect(stored().spec?.suspend).toBeUndefined();
  });
});

describe("retrying", () => {
  let server: Awaited<ReturnType<typeof startArgoServer>>;
  const failed = (): WorkflowStatus => ({
    phase: "Failed",
    nodes: {
      p1: { id: "p1", name: "wf.prepare", type: "Pod", phase: "Succeeded" },
      p2: { id: "p2", name: "wf.train", type: "Pod", phase: "Failed" },
    },
  });
  beforeEach(async () => {
    server = await startArgoServer({
      token: "s3cret",
      find: (namespace, name) => fake.objects.get(`workflows/${namespace}/${name}`),
    });
  });
  afterEach(() => server.close());
  const withServer = (token: string | undefined, url = server.url) => ({
    argoServers: new Map([["onprem-a", createArgoServer({ cluster: "onprem-a", url, token })]]),
  });

  it("is not offered where no argo-server is set", async () => {
    const { engine } = await start(failed());

    expect(engine.retry).toBeUndefined();
  });

  it("runs what failed again and keeps what succeeded", async () => {
    const { engine, ref, stored } = await start(failed(), withServer("s3cret"));

    expect(await engine.retry?.(ref, minji)).toEqual({ kind: "done" });

    expect(stored().status).toMatchObject({ phase: "Running", nodes: { p1: { phase: "Succeeded" } } });
    expect(stored().status?.nodes).not.toHaveProperty("p2");
    expect(server.calls).toEqual([`PUT /api/v1/workflows/llm-training/${ref.name}/retry`]);
  });

  it("asks argo-server nothing for who may not, for what still runs or is gone", async () => {
    const { engine, ref, stored } = await start(failed(), withServer("s3cret"));

    expect(await engine.retry?.(ref, stranger)).toMatchObject({ kind: "forbidden" });
    expect(await engine.retry?.({ ...ref, uid: "another" }, minji)).toEqual({ kind: "not-found" });
    stored().status = { phase: "Running" };
    expect(await engine.retry?.(ref, minji)).toEqual({ kind: "unchanged" });
    stored().status = { phase: "Succeeded" };
    expect(await engine.retry?.(ref, minji)).toEqual({ kind: "already-ended", state: "succeeded" });
    expect(server.calls).toEqual([]);
  });

  it("tells what argo-server says, and an outage as one", async () => {
    const refused = await start(failed(), withServer("wrong"));
    expect(await refused.engine.retry?.(refused.ref, minji)).toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("token not valid"),
    });
    await server.close();

    const away = createArgoWorkflowEngine(new Map([["onprem-a", fake.cluster]]), withServer("s3cret"));

    await expect(away.retry?.(refused.ref, minji)).rejects.toBeInstanceOf(ClusterUnavailableError);
  });
});
