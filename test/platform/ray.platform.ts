import { createServer, request as httpRequest, type Server } from "node:http";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import { createRayDashboard } from "#src/actions/adapters/ray-dashboard.ts";
import { ClusterForbiddenError, ClusterUnavailableError, type Cluster } from "#src/actions/cluster-ports.ts";
import type { Stage } from "#src/actions/ports.ts";
import { createRayJobEngine } from "#src/actions/training/engines/ray-job/ray-job-engine.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { rayJobStage } from "#test/fixtures/ray-job-stage.ts";
import { startRay, type RayServer } from "#test/servers/ray.ts";
import { waitUntil } from "#test/wait-until.ts";

const researcher = { user: "minji@example.com", groups: ["jibsa:researchers"] };
const stranger = { user: "nobody@example.com", groups: [] };
const SWEEP = join(import.meta.dirname, "../../deploy/training/ray/tune_sweep.py");
/** Goes on until a file with its name says how it ends. */
const WAITING_JOB = `
import json, os, sys, time
name = json.loads(os.environ["RAY_JOB_CONFIG_JSON_ENV_VAR"])["metadata"]["job_submission_id"]
print("step 30/100 loss 1.5", flush=True)
while not os.path.exists(sys.argv[1] + "/" + name):
    time.sleep(0.1)
word = open(sys.argv[1] + "/" + name).read()
print("told to " + word, flush=True)
if word == "fail":
    raise RuntimeError("CUDA out of memory, or so")
`;

let ray: RayServer;
beforeAll(async () => {
  ray = await startRay();
  await writeFile(join(ray.folder, "job.py"), WAITING_JOB);
}, 400_000);
afterAll(() => ray?.close());

const stageOf = (entrypoint: string): Stage =>
  rayJobStage({
    parameters: [],
    expectedGpus: 8,
    template: {
      metadata: { annotations: { "jibsa.dev/ray-submission": "dashboard" } },
      spec: {
        entrypoint,
        clusterSelector: { "ray.io/cluster": "shared" },
        runtimeEnvYAML: 'env_vars:\n  STAGE: "rlhf"\n',
        entrypointNumCpus: 0.1,
      },
    },
  });

function open(settings: { url?: string; token?: string } = { url: ray.url, token: ray.token }) {
  const fake = createInMemoryCluster();
  fake.faults.readers.add(stranger.user);
  return { fake, ...openWith(fake.cluster, settings) };
}

function openWith(cluster: Cluster, settings: { url?: string; token?: string }) {
  const clusters = new Map([["onprem-a", cluster]]);
  const dashboard = createRayDashboard(clusters, new Map([["onprem-a", settings]]));
  const engine = createRayJobEngine(clusters, dashboard);
  const waiting = `${ray.python} ${ray.folder}/job.py ${ray.folder}`;
  const render = (requestId: string, entrypoint = waiting) =>
    engine.render(stageOf(entrypoint), {}, { requestId, owner: personFixture() });
  const submit = async (requestId: string, entrypoint?: string) => {
    const submitted = await engine.submit(render(requestId, entrypoint), "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    return submitted.value;
  };
  const end = (name: string, word: "succeed" | "fail") => writeFile(join(ray.folder, name), word);
  return { engine, render, submit, end };
}

describe("jobs on a standing Ray cluster", () => {
  it("are submitted once, though an answer is lost", async () => {
    const { submit, engine } = open();
    ray.loseNextSubmission();
    await expect(submit("once")).rejects.toBeInstanceOf(ClusterUnavailableError);

    const [first, second] = [await submit("once"), await submit("once")];

    expect(first).toEqual(second);
    const jobs = JSON.parse((await ray.call("GET", "/api/jobs/")).text) as { submission_id: string }[];
    expect(jobs.filter(({ submission_id }) => submission_id === first.name)).toHaveLength(1);
    expect(await engine.cancel(first, researcher)).toEqual({ kind: "cancelled" });
  });

  it("of another request keep their name", async () => {
    const { engine, render, submit, end } = open();
    const ours = await submit("taken");
    const theirs = render("other");
    const namesake = { ...theirs, metadata: { ...theirs.metadata, name: ours.name } };

    const refused = await engine.submit(namesake, "onprem-a", researcher);

    expect(refused).toMatchObject({ ok: false, failure: { kind: "name-taken" } });
    await end(ours.name, "succeed");
  });

  it("are followed from running to their end, with progress and lines", async () => {
    const { engine, submit, end } = open();
    const ref = await submit("follow");
    await waitUntil(
      "its progress",
      async () => (await engine.observe(ref, researcher)).progress === 0.3,
      60_000,
    );
    expect(await engine.observe(ref, researcher)).toMatchObject({ state: "running" });

    await end(ref.name, "succeed");
    await waitUntil(
      "its end",
      async () => (await engine.observe(ref, researcher)).state === "succeeded",
      60_000,
    );

    const seen = await engine.observe(ref, researcher);
    expect(seen.progress).toBe(1);
    expect(seen.endedAt?.getTime()).toBeGreaterThan(seen.startedAt?.getTime() ?? Infinity);
    const lines = [];
    for await (const { text } of engine.logs(ref, researcher, { tailLines: 2 })) lines.push(text);
    expect(lines).toEqual(["step 30/100 loss 1.5", "told to succeed"]);
    expect(await engine.cancel(ref, researcher)).toEqual({ kind: "already-ended", state: "succeeded" });
  });

  it("that fail say why in one line", async () => {
    const { engine, submit, end } = open();
    const ref = await submit("fails");
    await end(ref.name, "fail");
    await waitUntil(
      "its end",
      async () => (await engine.observe(ref, researcher)).state === "failed",
      60_000,
    );

    const { reason } = await engine.observe(ref, researcher);

    expect(reason).toContain("exit code 1");
    expect(reason).toContain("RuntimeError: CUDA out of memory, or so");
    expect(reason).not.toContain("\n");
  });

  it("that are cancelled have stopped, and nobody takes that for their own end", async () => {
    const { engine, submit } = open();
    const ref = await submit("stops");
    await waitUntil(
      "it to run",
      async () => (await engine.observe(ref, researcher)).state === "running",
      60_000,
    );

    expect(await engine.cancel(ref, researcher)).toEqual({ kind: "cancelled" });

    expect(JSON.parse((await ray.call("GET", `/api/jobs/${ref.name}`)).text)).toMatchObject({
      status: "STOPPED",
    });
    expect(await engine.cancel(ref, researcher)).toEqual({ kind: "already-ended", state: "failed" });
    expect((await engine.suspend?.(ref, researcher))?.kind).toBe("not-possible");
  });

  it("that are deleted elsewhere are lost", async () => {
    const { engine, submit, end } = open();
    const ref = await submit("gone");
    await end(ref.name, "succeed");
    await waitUntil(
      "its end",
      async () => (await engine.observe(ref, researcher)).state === "succeeded",
      60_000,
    );
    expect((await ray.call("DELETE", `/api/jobs/${ref.name}`)).code).toBe(200);

    expect(await engine.observe(ref, researcher)).toMatchObject({ state: "lost", deletedElsewhere: true });
  });

  it("are checked without being made, for those whom the cluster lets make RayJobs", async () => {
    const { engine, render } = open();
    const object = render("checked");

    expect(await engine.check(object, "onprem-a", researcher)).toEqual({ ok: true, value: { warnings: [] } });
    expect(await engine.check(object, "onprem-a", stranger)).toMatchObject({
      ok: false,
      failure: { kind: "forbidden" },
    });
    expect((await ray.call("GET", `/api/jobs/${object.metadata.name}`)).code).toBe(404);
    expect(engine.footprint(object)).toEqual({ gpus: 8 });
  });

  it("are refused where the token is wrong, and the token is not told", async () => {
    const { engine, render } = open({ url: ray.url, token: "another-token-0123456789abcdef" });

    const checked = await engine.check(render("token"), "onprem-a", researcher);

    expect(checked).toMatchObject({ ok: false, failure: { kind: "forbidden" } });
    expect(JSON.stringify(checked)).not.toContain("another-token");
  });
});

describe("a RayJob's lines", () => {
  it("come from Ray's dashboard where it answers", async () => {
    const { fake, engine, submit, end } = open();
    const { name } = await submit("lines");
    await end(name, "succeed");
    const object = engine.render(
      rayJobStage(),
      { workers: 2 },
      { requestId: "kube", owner: personFixture() },
    );
    const submitted = await engine.submit(object, "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    const stored = [...fake.objects.values()][0];
    if (stored !== undefined) stored["status"] = { jobId: name, rayClusterName: "shared" };

    await waitUntil(
      "its last line",
      async () => {
        let last = "";
        for await (const { text, pod } of engine.logs(submitted.value, researcher, {}))
          last = `${pod}: ${text}`;
        return last === `${name}: told to succeed`;
      },
      60_000,
    );
  });
});

describe("Ray's dashboard behind an API server", () => {
  let proxy: Server;
  let kubeconfig: string;
  const paths: string[] = [];
  /** As the API server does it: it takes Authorization for itself and passes the rest on. */
  beforeAll(async () => {
    const prefix = "/api/v1/namespaces/llm-training/services/shared-head-svc:dashboard/proxy";
    proxy = createServer((incoming, outgoing) => {
      paths.push(incoming.url ?? "");
      if (!incoming.url?.startsWith(prefix)) {
        outgoing.writeHead(404, { "content-type": "application/json" });
        outgoing.end(JSON.stringify({ kind: "Status", code: 404, message: "services not found" }));
        return;
      }
      const { authorization: _own, host: _host, ...headers } = incoming.headers;
      const target = new URL(incoming.url.slice(prefix.length), ray.url);
      const passed = httpRequest(target, { method: incoming.method, headers, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on("error", () => outgoing.destroy());
      incoming.pipe(passed);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const address = proxy.address();
    const port = address === null || typeof address === "string" ? 0 : address.port;
    kubeconfig = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "a", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } },
      ],
      users: [{ name: "a", user: { token: "of-the-api-server" } }],
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      "current-context": "a",
    });
  });
  afterAll(() => new Promise<void>((done) => void proxy.close(() => done())));
  const openProxied = (token: string) =>
    openWith(createKubernetesCluster({ name: "onprem-a", simulated: false, source: { kubeconfig } }), {
      token,
    });

  it("takes jobs, tells of them and stops them, with Ray's own token in a header of its own", async () => {
    const { engine, submit } = openProxied(ray.token);
    const ref = await submit("proxied");
    await waitUntil(
      "it to run",
      async () => (await engine.observe(ref, researcher)).state === "running",
      60_000,
    );

    expect(await engine.cancel(ref, researcher)).toEqual({ kind: "cancelled" });
    expect(paths.every((path) => path.includes("/services/shared-head-svc:dashboard/proxy/api/jobs/"))).toBe(
      true,
    );
  });

  it("lets nobody in without it", async () => {
    const { engine } = openProxied("another-token-0123456789abcdef");
    const ref = { cluster: "onprem-a", namespace: "llm-training", name: "x", uid: "ray-dashboard:shared" };

    await expect(engine.observe(ref, researcher)).rejects.toBeInstanceOf(ClusterForbiddenError);
  });

  it("of a cluster that is gone is no outage", async () => {
    const { engine, render } = openProxied(ray.token);
    const object = render("nowhere");
    const spec = { ...(object["spec"] as object), clusterSelector: { "ray.io/cluster": "gone" } };
    const ref = { cluster: "onprem-a", namespace: "llm-training", name: "x", uid: "ray-dashboard:gone" };

    expect(await engine.check({ ...object, spec }, "onprem-a", researcher)).toMatchObject({
      ok: false,
      failure: { kind: "not-installed" },
    });
    expect(await engine.observe(ref, researcher)).toMatchObject({
      state: "lost",
      reason: "services not found",
    });
  });
});

describe("a sweep with Ray Tune", () => {
  it.each(["random", "optuna"])("by %s search shows its trials", async (search) => {
    const { engine, submit } = open();
    const entrypoint = `${ray.python} -u ${SWEEP} --samples 4 --concurrent 2 --cpus-per-trial 0.5 --search ${search} --seed 7 --storage ${ray.folder}/${search}`;
    const ref = await submit(`sweep-${search}`, entrypoint);
    await waitUntil(
      "its end",
      async () => {
        const { state, reason } = await engine.observe(ref, researcher);
        if (state === "failed") throw new Error(reason);
        return state === "succeeded";
      },
      110_000,
    );

    const { detail, progress } = await engine.observe(ref, researcher);

    expect(progress).toBe(1);
    const { counts, planned, objective, best, recent } = detail?.trials ?? { counts: {}, recent: [] };
    expect(planned).toBe(4);
    expect((counts.succeeded ?? 0) + (counts.cancelled ?? 0)).toBe(4);
    expect(objective).toEqual({ metric: "loss", goal: "minimize" });
    const losses = recent.map(({ metrics }) => metrics["loss"] ?? Infinity);
    expect(losses).toHaveLength(4);
    expect(best?.metrics["loss"]).toBe(Math.min(...losses));
    expect(Object.keys(best?.parameters ?? {})).toContain("learning_rate");
  });
});
