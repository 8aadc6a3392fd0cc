import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClusterForbiddenError, ClusterUnavailableError } from "#src/actions/cluster-ports.ts";
import { createKubeflowPipelines } from "#src/actions/adapters/kubeflow-pipelines.ts";
import type { PipelinesAuth } from "#src/actions/adapters/kubeflow-pipelines-rest.ts";
import { createKubeflowPipelineEngine } from "#src/actions/training/engines/kubeflow-pipeline/kubeflow-pipeline-engine.ts";
import { parseStageParams } from "#src/actions/training/stage-catalogue.ts";
import { readConfig } from "#src/config.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { pipelineStageFixture } from "#test/fixtures/pipeline-stage.ts";
import { RUN_DURATION_MS, startTestPipelines, USER_HEADER } from "#test/servers/kubeflow-pipelines.ts";
import { researcher, stranger } from "#test/servers/simulated-cluster.ts";

type Server = Awaited<ReturnType<typeof startTestPipelines>>;
const BY_HEADER: PipelinesAuth = { kind: "user-header", header: USER_HEADER };
/** Seven steps in a row. */
const STEP_MS = RUN_DURATION_MS / 6;

const adapterFor = (url: string, auth: PipelinesAuth = BY_HEADER, namespace?: string) =>
  createKubeflowPipelines({ cluster: "onprem-a", url, namespace, auth });
const engineOn = (
  url: string,
  auth: PipelinesAuth = BY_HEADER,
  namespace?: string,
  cluster = createInMemoryCluster(),
) =>
  createKubeflowPipelineEngine(
    new Map([["onprem-a", cluster.cluster]]),
    new Map([["onprem-a", adapterFor(url, auth, namespace)]]),
  );
/** As an administrator with curl. */
async function runIdOf(url: string, name: string): Promise<string> {
  const found = await adapterFor(url).findRuns(name, "llm-training", researcher);
  return (found.ok && found.value[0]?.runId) || "";
}

trainingEngineContract("Kubeflow Pipelines on a stand-in server", async () => {
  const server = await startTestPipelines();
  return {
    engine: engineOn(server.url),
    isPolled: true,
    stage: pipelineStageFixture(),
    params: { "model-size": "7B", "cpt-epochs": 2, "cpt-learning-rate": 1e-5 },
    researcher,
    stranger,
    async bring(name, state) {
      if (state === "failed") server.control.failRun(name);
      server.clock.advance(state === "running" ? 5_000 : 2 * RUN_DURATION_MS);
    },
    settle: () => server.clock.advance(1_000),
    loseNextAnswer: () => server.control.loseAnswerTo("POST", "/runs"),
    async deleteBehindOurBack(name) {
      const id = await runIdOf(server.url, name);
      const headers = { [USER_HEADER]: researcher.user };
      await fetch(`${server.url}/apis/v2beta1/runs/${id}`, { method: "DELETE", headers });
    },
    close: () => server.close(),
  };
});

describe("a run of Kubeflow Pipelines", () => {
  let server: Server;
  beforeEach(async () => {
    server = await startTestPipelines();
  });
  afterEach(() => server.close());

  const stage = pipelineStageFixture();
  const render = (spec: Record<string, unknown> = {}) => {
    const template = { ...stage.template, spec: { ...(stage.template["spec"] as object), ...spec } };
    return engineOn(server.url).render(
      { ...stage, template },
      {},
      { requestId: "r1", owner: personFixture() },
    );
  };
  async function start(engine = engineOn(server.url)) {
    const submitted = await engine.submit(render(), "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    const ref = submitted.value;
    return { engine, ref, observe: () => engine.observe(ref, researcher) };
  }
  const statesOf = (steps: readonly { name: string; state: string }[] = []) =>
    Object.fromEntries(steps.map(({ name, state }) => [name, state]));

  it("shows its steps, those to come as well, and how far it is by them", async () => {
    const { observe } = await start();
    server.clock.advance(2_500 + 2 * STEP_MS);

    const { progress, detail } = await observe();

    expect(progress).toBeCloseTo(2 / 6);
    expect(statesOf(detail?.steps)).toEqual({
      preprocess: "succeeded",
      cpt: "succeeded",
      sft: "running",
      rlhf: "waiting",
      evaluate: "waiting",
      "accuracy-gate": "waiting",
    });
    server.clock.advance(RUN_DURATION_MS);
    expect(statesOf((await observe()).detail?.steps)).toMatchObject({
      "accuracy-gate": "succeeded",
      deploy: "succeeded",
    });
  });

  it("is followed without steps where the installation tells no tasks", async () => {
    await server.close();
    server = await startTestPipelines({ withTasks: false });
    const { observe } = await start();
    server.clock.advance(5_000);

    const observation = await observe();

    expect(observation.state).toBe("running");
    expect(observation).not.toHaveProperty("detail");
    expect(observation).not.toHaveProperty("progress");
  });

  it("is canceling before it is cancelled, and says so", async () => {
    const { engine, ref, observe } = await start();
    server.clock.advance(5_000);

    expect(await engine.cancel(ref, researcher)).toEqual({ kind: "cancelled" });
    expect(await observe()).toMatchObject({ state: "running", reason: "canceling" });
    expect(await engine.cancel(ref, researcher)).toEqual({ kind: "cancelled" });
    server.clock.advance(5_000);

    expect((await observe()).state).toBe("cancelled");
    expect(await engine.cancel(ref, researcher)).toEqual({ kind: "already-ended", state: "cancelled" });
  });

  it("is retried where it failed, and keeps what succeeded", async () => {
    const { engine, ref, observe } = await start();
    server.clock.advance(2_500 + STEP_MS);
    expect(await engine.retry?.(ref, researcher)).toMatchObject({ kind: "not-possible" });
    server.control.failRun(ref.name);
    server.clock.advance(STEP_MS);
    const failed = await observe();

    expect(failed.state).toBe("failed");
    expect(failed.reason).toBe("cpt: failed");
    expect(await engine.retry?.(ref, stranger)).toMatchObject({ kind: "forbidden" });
    expect(await engine.retry?.(ref, researcher)).toEqual({ kind: "done" });
    server.clock.advance(2_500);
    expect(statesOf((await observe()).detail?.steps)).toMatchObject({
      preprocess: "succeeded",
      cpt: "running",
    });
    server.clock.advance(RUN_DURATION_MS);

    expect((await observe()).state).toBe("succeeded");
  });

  it("is still there when it was archived", async () => {
    const { ref, observe } = await start();
    const headers = { [USER_HEADER]: researcher.user };
    await fetch(`${server.url}/apis/v2beta1/runs/${ref.uid ?? ""}:archive`, { method: "POST", headers });

    expect((await observe()).state).toBe("queued");
  });

  it("is found again by its name when its id was never learnt", async () => {
    const { engine, ref } = await start();
    const { uid, ...nameOnly } = ref;

    expect(await engine.observe(nameOnly, researcher)).toMatchObject({ state: "queued", uid });
  });

  it("of two that were made at once, ends the later one", async () => {
    const { ref } = await start();
    server.clock.advance(1_000);
    const adapter = adapterFor(server.url);
    let looks = 0;
    const lateEngine = createKubeflowPipelineEngine(
      new Map(),
      new Map([
        [
          "onprem-a",
          {
            ...adapter,
            /** Its first look was before the other one was made. */
            findRuns: (...asked: Parameters<typeof adapter.findRuns>) =>
              (looks += 1) === 1
                ? Promise.resolve({ ok: true as const, value: [] })
                : adapter.findRuns(...asked),
          },
        ],
      ]),
    );

    const submitted = await lateEngine.submit(render(), "onprem-a", researcher);
    server.clock.advance(5_000);

    expect(submitted).toEqual({ ok: true, value: ref });
    const all = await adapter.findRuns(ref.name, "llm-training", researcher);
    expect(all.ok && all.value.map(({ state }) => state)).toEqual(["RUNNING", "CANCELED"]);
  });

  it("makes its experiment once", async () => {
    const adapter = adapterFor(server.url);
    await start();

    const made = await adapter.findExperiment("korean-llm", "llm-training", researcher);
    const again = await adapter.createExperiment("korean-llm", "llm-training", researcher);

    expect(made).toMatchObject({ ok: true, value: { experimentId: expect.any(String) as string } });
    expect(again).toMatchObject({ ok: false, failure: { kind: "conflict" } });
  });

  it.each([
    ["a pipeline that is not there", { pipeline: "nonsense" }, "spec.pipeline"],
    ["a version that is not there", { version: "v9" }, "spec.version"],
    ["a parameter that it does not have", { parameters: { model: "7B" } }, "spec.parameters.model"],
    ["a parameter of another type", { parameters: { cpt_epochs: "two" } }, "spec.parameters.cpt_epochs"],
    ["a field that nobody knows", { pipelines: "x" }, "spec"],
  ])("is refused with %s before it is made", async (_what, spec, path) => {
    const checked = await engineOn(server.url).check(render(spec), "onprem-a", researcher);

    expect(checked).toMatchObject({ ok: false, failure: { kind: "invalid", fields: [{ path }] } });
  });

  it("of the example's stage fits the pipeline of deploy/training/kfp", async () => {
    const example = readConfig({}).stages.find(({ name }) => name === "korean-llm-kfp");
    const params = example && parseStageParams(example, { "model-size": "14B", "cpt-epochs": "1" });
    if (example === undefined || params?.ok !== true) throw new Error("no such stage");
    const engine = engineOn(server.url);
    const object = engine.render(example, params.value, { requestId: "r1", owner: personFixture() });

    expect(await engine.check(object, "onprem-a", researcher)).toEqual({ ok: true, value: { warnings: [] } });
    expect(engine.footprint(object)).toEqual({ gpus: 4, gpuType: "h100" });
  });

  it("takes any JSON for a parameter, as its template has it", () => {
    const nested = render({ parameters: { layers: [1, 2], options: { a: true } } });

    expect((nested["spec"] as { parameters: unknown }).parameters).toMatchObject({
      layers: [1, 2],
      options: { a: true },
    });
  });

  const podOf = (ref: { uid?: string }, name: string, node: string, status: object) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "llm-training",
      labels: { "pipeline/runid": ref.uid ?? "" },
      annotations: { "workflows.argoproj.io/node-name": `w-x7k2p.root.${node}` },
    },
    status,
  });

  it("shows the logs of its steps' pods, found by their label", async () => {
    const cluster = createInMemoryCluster();
    const { engine, ref } = await start(engineOn(server.url, BY_HEADER, undefined, cluster));
    const pods = [
      podOf(ref, "w-1", "preprocess-driver", {}),
      podOf(ref, "w-2", "preprocess.executor(0)", {}),
    ];
    for (const pod of pods) await cluster.cluster.create(pod, researcher);
    cluster.logs.set("w-1", ["deciding"]);
    cluster.logs.set("w-2", ["kept 10 of 12 lines"]);
    const lines = [];

    for await (const line of engine.logs(ref, researcher, {})) lines.push(line);

    expect(lines).toEqual([{ pod: "preprocess", text: "kept 10 of 12 lines" }]);
  });

  it("says why it waits and why it failed by its pods, to those who may see them", async () => {
    const cluster = createInMemoryCluster();
    const { ref, observe } = await start(engineOn(server.url, BY_HEADER, undefined, cluster));
    const unplaced = [{ type: "PodScheduled", status: "False", message: "0/4 nodes are available" }];
    await cluster.cluster.create(podOf(ref, "w-1", "cpt.executor", { conditions: unplaced }), researcher);
    server.clock.advance(5_000);

    expect(await observe()).toMatchObject({ state: "running", reason: "0/4 nodes are available" });

    const terminated = { exitCode: 137, reason: "OOMKilled" };
    const died = { phase: "Failed", containerStatuses: [{ state: { terminated } }] };
    await cluster.cluster.create(podOf(ref, "w-2", "cpt.executor", died), researcher);
    server.control.failRun(ref.name);
    server.clock.advance(RUN_DURATION_MS);
    expect((await observe()).reason).toBe("cpt: OOMKilled (exit code 137)");

    cluster.faults.forbidden = true;
    expect((await observe()).reason).toBe("preprocess: failed");
  });

  it.each([
    [503, "7", 7_000],
    [429, "2", 2_000],
    [500, undefined, undefined],
  ])("is tried again after an answer %i", async (status, retryAfter, retryAfterMs) => {
    const { observe } = await start();
    server.control.failNext("GET", status, retryAfter);

    const error: unknown = await observe().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ClusterUnavailableError);
    expect((error as ClusterUnavailableError).retryAfterMs).toBe(retryAfterMs);
    expect((await observe()).state).toBe("queued");
  });

  it("is not shown to somebody who may not look", async () => {
    const { engine, ref } = await start();

    await expect(engine.observe(ref, stranger)).rejects.toBeInstanceOf(ClusterForbiddenError);
    await expect(engineOn(server.url, { kind: "none" }).observe(ref, researcher)).rejects.toThrow(
      /no user identity header/,
    );
  });

  it("is made without a namespace where there is only one", async () => {
    await server.close();
    server = await startTestPipelines({ access: { kind: "single-user", namespace: "kubeflow" } });

    const { observe } = await start(engineOn(server.url, { kind: "none" }, "kubeflow"));

    expect((await observe()).state).toBe("queued");
    expect(adapterFor(server.url, BY_HEADER, "kubeflow").podNamespace("llm-training")).toBe("kubeflow");
  });
});

describe("the adapter for Kubeflow Pipelines", () => {
  it("keeps recurring runs, whose numbers are texts on the wire", async () => {
    const server = await startTestPipelines();
    const adapter = adapterFor(server.url);
    const pipeline = await adapter.findPipeline("korean-llm-pipeline", "llm-training", researcher);
    if (!pipeline.ok) throw new Error(pipeline.failure.message);
    const version = await adapter.findVersion(pipeline.value.pipelineId, undefined, researcher);
    const experiment = await adapter.createExperiment("nightly", "llm-training", researcher);
    if (!version.ok || !experiment.ok) throw new Error("no version or experiment");
    const draft = {
      displayName: "sunday",
      description: "",
      experimentId: experiment.value.experimentId,
      version: version.value,
      parameters: {},
      schedule: { intervalSeconds: 604_800 },
      maxConcurrency: 1,
    };

    const made = await adapter.createRecurringRun(draft, researcher);
    const id = made.ok ? made.value.recurringRunId : "";
    await adapter.enableRecurringRun(id, false, researcher);

    expect(await adapter.listRecurringRuns("llm-training", researcher)).toEqual({
      ok: true,
      value: [
        {
          recurringRunId: id,
          displayName: "sunday",
          isEnabled: false,
          cron: undefined,
          intervalSeconds: 604_800,
          maxConcurrency: 1,
        },
      ],
    });
    expect(await engineOn(server.url).schedules?.("onprem-a", "llm-training", researcher)).toEqual([
      { name: "sunday", crons: [], everySeconds: 604_800, isActive: false },
    ]);
    await adapter.deleteRecurringRun(id, researcher);
    expect(await adapter.listRecurringRuns("llm-training", researcher)).toEqual({ ok: true, value: [] });
    await server.close();
  });

  it("takes the newest version of a pipeline, or the one that is named", async () => {
    const server = await startTestPipelines();
    const adapter = adapterFor(server.url);
    const pipeline = await adapter.findPipeline("korean-llm-pipeline", "llm-training", researcher);
    const id = pipeline.ok ? pipeline.value.pipelineId : "";
    server.clock.advance(1_000);
    await fetch(`${server.url}/apis/v2beta1/pipelines/${id}/versions`, {
      method: "POST",
      body: JSON.stringify({ display_name: "v2", pipeline_spec: { root: { dag: { tasks: { only: {} } } } } }),
    });

    const newest = await adapter.findVersion(id, undefined, researcher);
    const first = await adapter.findVersion(id, "korean-llm-pipeline", researcher);

    expect(newest).toMatchObject({ ok: true, value: { name: "v2", tasks: [{ key: "only" }] } });
    expect(first.ok && first.value.tasks).toHaveLength(6);
    expect(await adapter.findVersion(id, "v3", researcher)).toMatchObject({ ok: false });
    await server.close();
  });

  it("reads lists to their last page", async () => {
    const server = await startTestPipelines();
    const adapter = adapterFor(server.url);
    for (let number = 0; number < 130; number += 1)
      await adapter.createExperiment(`e-${number}`, "llm-training", researcher);
    const pages: number[] = [];
    let token = "";
    do {
      const query = new URLSearchParams({ namespace: "llm-training", page_size: "50", page_token: token });
      const answer = await fetch(`${server.url}/apis/v2beta1/experiments?${query.toString()}`, {
        headers: { [USER_HEADER]: researcher.user },
      });
      const page = (await answer.json()) as { experiments: unknown[]; next_page_token?: string };
      pages.push(page.experiments.length);
      token = page.next_page_token ?? "";
    } while (token !== "");

    expect(pages).toEqual([50, 50, 30]);
    expect(await adapter.findExperiment("e-129", "llm-training", researcher)).toMatchObject({
      ok: true,
      value: { experimentId: expect.any(String) as string },
    });
    await server.close();
  });

  it("survives a restart of the playground with its runs", async () => {
    const { mkdtempSync, rmSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const dataDir = mkdtempSync(join(tmpdir(), "jibsa-kfp-"));
    const first = await startTestPipelines({ dataDir });
    const made = await adapterFor(first.url).createExperiment("kept", "llm-training", researcher);
    await first.close();

    const second = await startTestPipelines({ dataDir });

    expect(await adapterFor(second.url).findExperiment("kept", "llm-training", researcher)).toEqual(made);
    await second.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("takes a redirection for a closed door and follows it nowhere", async () => {
    let visits = 0;
    const elsewhere = createServer((_request, response) => {
      visits += 1;
      response.end("{}");
    });
    await new Promise<void>((done) => elsewhere.listen(0, "127.0.0.1", done));
    const target = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/login`;
    const gateway = createServer((_request, response) => response.writeHead(302, { location: target }).end());
    await new Promise<void>((done) => gateway.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;

    const answer = await adapterFor(url, { kind: "token", token: "secret" }).getRun("r", researcher);

    expect(answer).toMatchObject({ ok: false, failure: { kind: "forbidden" } });
    expect(visits).toBe(0);
    for (const server of [elsewhere, gateway]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });
});
