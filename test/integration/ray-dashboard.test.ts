import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRayDashboard } from "#src/actions/adapters/ray-dashboard.ts";
import { ClusterForbiddenError, ClusterUnavailableError } from "#src/actions/cluster-ports.ts";
import { createRayJobEngine } from "#src/actions/training/engines/ray-job/ray-job-engine.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { rayJobStage } from "#test/fixtures/ray-job-stage.ts";
import { startRayDashboard } from "#test/servers/ray-dashboard.ts";
import { waitUntil } from "#test/wait-until.ts";

const researcher = { user: "minji@example.com", groups: ["jibsa:researchers"] };
const stranger = { user: "nobody@example.com", groups: [] };
const TOKEN = "a-token-for-tests-0123456789abcdef";
const place = { cluster: "onprem-a", namespace: "llm-training", rayCluster: "shared" };

let ray: Awaited<ReturnType<typeof startRayDashboard>>;
beforeEach(async () => {
  ray = await startRayDashboard(TOKEN);
});
afterEach(() => ray.close());

function open(token = TOKEN) {
  const fake = createInMemoryCluster();
  fake.faults.readers.add(stranger.user);
  const clusters = new Map([["onprem-a", fake.cluster]]);
  const dashboard = createRayDashboard(clusters, new Map([["onprem-a", { url: ray.url, token }]]));
  const engine = createRayJobEngine(clusters, dashboard);
  const render = (requestId = "r1", change: object = {}) =>
    engine.render(
      rayJobStage({
        parameters: [],
        template: {
          metadata: { annotations: { "jibsa.dev/ray-submission": "dashboard" } },
          spec: { entrypoint: "python3 x.py", clusterSelector: { "ray.io/cluster": "shared" }, ...change },
        },
      }),
      {},
      { requestId, owner: personFixture() },
    );
  return { dashboard, engine, render };
}
describe("Ray's dashboard at an address of its own", () => {
  it("is asked only for those who may do the same with RayJobs, and with the token", async () => {
    const { dashboard } = open();

    await expect(dashboard.job(place, "x", stranger)).rejects.toBeInstanceOf(ClusterForbiddenError);
    expect(ray.seen).toEqual([]);
    expect(await dashboard.job(place, "x", researcher)).toEqual({ kind: "no-job" });
    expect(ray.seen).toEqual([{ authorization: `Bearer ${TOKEN}`, path: "/api/jobs/x" }]);
  });

  it("that wants another token is closed, not away", async () => {
    await expect(open("wrong").dashboard.job(place, "x", researcher)).rejects.toBeInstanceOf(
      ClusterForbiddenError,
    );
  });

  it("that leads elsewhere is not followed", async () => {
    const elsewhere = await startRayDashboard(TOKEN);
    ray.faults.next = (response) =>
      response.writeHead(302, { location: `${elsewhere.url}/api/jobs/x` }).end();

    await expect(open().dashboard.job(place, "x", researcher)).rejects.toBeInstanceOf(
      ClusterUnavailableError,
    );

    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });

  it.each([
    ["is no JSON", "<html>"],
    ["lacks what a job has", "{}"],
    ["has no end", "x".repeat(9 * 1_024 * 1_024)],
  ])("whose answer %s is away", async (_what, text) => {
    ray.faults.next = (response) => response.writeHead(200).end(text);

    await expect(open().dashboard.job(place, "x", researcher)).rejects.toBeInstanceOf(
      ClusterUnavailableError,
    );
  });

  it("that does not answer at all is away", async () => {
    const { dashboard } = open();
    await ray.close();

    await expect(dashboard.job(place, "x", researcher)).rejects.toBeInstanceOf(ClusterUnavailableError);
  });
});

describe("a job that is handed to it", () => {
  it("is submitted once, also by two at the same time", async () => {
    const { engine, render } = open();

    const [first, second] = await Promise.all(
      [1, 2].map(() => engine.submit(render(), "onprem-a", researcher)),
    );

    expect(first).toEqual({
      ok: true,
      value: {
        cluster: "onprem-a",
        namespace: "llm-training",
        name: "rlhf-ray-r1",
        uid: "ray-dashboard:shared",
      },
    });
    expect(second).toEqual(first);
    expect([...ray.jobs.keys()]).toEqual(["rlhf-ray-r1"]);
    expect(ray.jobs.get("rlhf-ray-r1")?.metadata).toMatchObject({ "jibsa.dev/request-id": "r1" });
  });

  it.each([
    ["a cluster", { clusterSelector: undefined }, "spec.clusterSelector"],
    ["an entrypoint", { entrypoint: "" }, "spec.entrypoint"],
    ["a runtime environment that is YAML", { runtimeEnvYAML: "a: [" }, "spec.runtimeEnvYAML"],
  ])("without %s is refused at that field", async (_what, change, path) => {
    const { engine, render } = open();

    expect(await engine.check(render("r1", change), "onprem-a", researcher)).toMatchObject({
      ok: false,
      failure: { kind: "invalid", fields: [{ path }] },
    });
    expect(ray.jobs.size).toBe(0);
  });

  it("is not taken for cancelled before Ray has stopped it", async () => {
    const { engine, render } = open();
    const submitted = await engine.submit(render(), "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    ray.faults.stopsLate = true;
    const cancelled = engine.cancel(submitted.value, researcher);
    let isTold = false;
    void cancelled.then(() => (isTold = true));

    await waitUntil("two more looks", () => {
      const stopped = ray.seen.findIndex(({ path }) => path.endsWith("/stop"));
      return stopped >= 0 && ray.seen.length > stopped + 2;
    });
    expect(isTold).toBe(false);
    Object.assign(ray.jobs.get(submitted.value.name) ?? {}, { status: "STOPPED" });

    expect(await cancelled).toEqual({ kind: "cancelled" });
  });

  it("is cancelled only by those who may", async () => {
    const { engine, render } = open();
    const submitted = await engine.submit(render(), "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);

    expect((await engine.cancel(submitted.value, stranger)).kind).toBe("forbidden");
    expect(ray.jobs.get(submitted.value.name)?.status).toBe("PENDING");
  });

  it("shows the trials that it prints", async () => {
    const { engine, render } = open();
    const submitted = await engine.submit(render(), "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    const line = { jibsa: "trial", name: "t1", state: "running", metrics: { loss: 1.5 }, planned: 4 };
    Object.assign(ray.jobs.get(submitted.value.name) ?? {}, {
      status: "RUNNING",
      log: `${JSON.stringify(line)}\n`,
    });

    expect(await engine.observe(submitted.value, researcher)).toMatchObject({
      state: "running",
      progress: 0,
      startedAt: new Date(1_000),
      detail: { trials: { planned: 4, counts: { running: 1 } } },
    });
  });
});
