import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import {
  startSimulatedCluster,
  type SimulatedCluster,
} from "#src/playground/cluster/start-simulated-cluster.ts";
import {
  accessFromKubeconfig,
  callKubernetes,
  streamKubernetes,
  type CallOptions,
} from "#test/kubernetes-call.ts";
import { waitUntil } from "#test/wait-until.ts";

const JOBS = "/apis/kubeflow.org/v1/namespaces/llm-training/pytorchjobs";
const PODS = "/api/v1/namespaces/llm-training/pods";
const EVENTS = "/api/v1/namespaces/llm-training/events";

let clock: ReturnType<typeof createManualClock>;
let simulated: SimulatedCluster;
beforeEach(async () => {
  clock = createManualClock();
  simulated = await startSimulatedCluster({ port: 0, clock });
});
afterEach(() => simulated.close());

const call = (path: string, options?: CallOptions) =>
  callKubernetes(accessFromKubeconfig(simulated.kubeconfig), path, options);
const patch = (path: string, body: object) =>
  call(path, { method: "PATCH", type: "application/merge-patch+json", body });

interface JobOptions {
  outcome?: string;
  runPolicy?: object;
  restartPolicy?: string;
  gpus?: number;
  workers?: number;
}
async function submit(
  name: string,
  { outcome, runPolicy, restartPolicy = "Never", gpus = 1, workers = 0 }: JobOptions = {},
) {
  const replica = (replicas: number) => ({
    replicas,
    restartPolicy,
    template: {
      spec: {
        nodeSelector: { "gpu-type": "h100" },
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
        containers: [
          { name: "pytorch", image: "unsloth-korean:1", resources: { limits: { "nvidia.com/gpu": gpus } } },
        ],
      },
    },
  });
  const answer = await call(JOBS, {
    body: {
      apiVersion: "kubeflow.org/v1",
      kind: "PyTorchJob",
      metadata: { name, ...(outcome && { annotations: { "simulation.jibsa.dev/outcome": outcome } }) },
      spec: {
        runPolicy: runPolicy ?? {},
        pytorchReplicaSpecs: { Master: replica(1), ...(workers > 0 && { Worker: replica(workers) }) },
      },
    },
  });
  expect(answer.code).toBe(201);
}

interface Condition {
  type: string;
  status: string;
  message: string;
}
const conditionsOf = async (name: string): Promise<Condition[]> =>
  (await call(`${JOBS}/${name}`)).body.status.conditions;
const statesOf = async (name: string) =>
  (await conditionsOf(name)).map(({ type, status }) => `${type}=${status}`);
const podsOf = async (name: string): Promise<{ metadata: { name: string }; status: { phase: string } }[]> =>
  (await call(`${PODS}?labelSelector=training.kubeflow.org/job-name%3D${name}`)).body.items;
const phasesOf = async (name: string) => (await podsOf(name)).map(({ status }) => status.phase);

describe("a PyTorchJob with workers", () => {
  it("runs through its conditions, counts its replicas, and tells what it does", async () => {
    await submit("wide", { workers: 2 });
    expect(await statesOf("wide")).toEqual(["Created=True"]);
    clock.advance(3_000);
    const running = (await call(`${JOBS}/wide`)).body.status;
    clock.advance(60_000);
    const ended = (await call(`${JOBS}/wide`)).body.status;

    expect(running.replicaStatuses).toMatchObject({ Master: { active: 1 }, Worker: { active: 2 } });
    expect(await statesOf("wide")).toEqual(["Created=True", "Running=False", "Succeeded=True"]);
    expect(ended.replicaStatuses.Master).toMatchObject({ succeeded: 1 });
    expect(Date.parse(ended.completionTime) - Date.parse(ended.startTime)).toBe(62_000);
    expect((await podsOf("wide")).map(({ metadata }) => metadata.name)).toEqual([
      "wide-master-0",
      "wide-worker-0",
      "wide-worker-1",
    ]);
    const events = (await call(`${EVENTS}?fieldSelector=involvedObject.name%3Dwide`)).body.items;
    expect(events.map((event: { reason: string }) => event.reason)).toEqual(
      expect.arrayContaining(["SuccessfulCreatePod", "PyTorchJobSucceeded"]),
    );
  });

  it.each([
    ["None", ["Succeeded", "Succeeded"]],
    ["Running", ["Succeeded", "Succeeded"]],
    ["All", []],
  ])("keeps of its pods what cleanPodPolicy %s says", async (cleanPodPolicy, expected) => {
    await submit("clean", { workers: 1, runPolicy: { cleanPodPolicy } });
    clock.advance(70_000);

    expect(await phasesOf("clean")).toEqual(expected);
  });

  it("goes by itself when its time after the end is over", async () => {
    await submit("brief", { runPolicy: { ttlSecondsAfterFinished: 30 } });
    clock.advance(70_000);
    expect((await call(`${JOBS}/brief`)).code).toBe(200);
    clock.advance(30_000);

    expect((await call(`${JOBS}/brief`)).code).toBe(404);
    expect(await podsOf("brief")).toEqual([]);
  });
});

describe("a PyTorchJob that fails", () => {
  it("fails at once without restarts, and says how many failed", async () => {
    await submit("bad", { outcome: "fail" });
    clock.advance(60_000);

    const conditions = await conditionsOf("bad");
    expect(conditions.at(-1)).toMatchObject({
      type: "Failed",
      message: "PyTorchJob bad is failed because 1 Master replica(s) failed.",
    });
    const log = await call(`${PODS}/bad-master-0/log?tailLines=1`);
    expect(log.text).toContain("torch.OutOfMemoryError: CUDA out of memory");
  });

  it("is restarted in place until its backoffLimit", async () => {
    await submit("loop", { outcome: "oom", restartPolicy: "OnFailure", runPolicy: { backoffLimit: 2 } });
    clock.advance(40_000);
    const crashed = (await call(`${PODS}/loop-master-0`)).body.status;
    const row = await call(`${PODS}/loop-master-0`, { headers: { accept: "application/json;as=Table" } });
    clock.advance(20_000);
    const previous = await call(`${PODS}/loop-master-0/log?previous=true&tailLines=1`);
    clock.advance(120_000);

    expect(crashed.containerStatuses[0]).toMatchObject({
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    });
    expect(row.body.rows[0].cells).toContain("CrashLoopBackOff");
    expect(previous.text).toMatch(/^step 120\/200/);
    expect((await conditionsOf("loop")).at(-1)?.message).toBe(
      "Job loop has failed because it has reached the specified backoff limit",
    );
  });

  it("gets a new pod for an exit code that may be retried", async () => {
    await submit("retry", { outcome: "oom", restartPolicy: "ExitCode", runPolicy: { backoffLimit: 1 } });
    clock.advance(39_000);

    expect(await statesOf("retry")).toContain("Failed=True");
    const events = (await call(`${EVENTS}?fieldSelector=involvedObject.name%3Dretry`)).body.items;
    expect(events.map((event: { reason: string }) => event.reason)).toContain("PyTorchJobRestarting");
  });

  it("succeeds the second time when it is flaky", async () => {
    await submit("flaky", { outcome: "flaky", restartPolicy: "OnFailure", runPolicy: { backoffLimit: 3 } });
    clock.advance(130_000);

    expect((await statesOf("flaky")).at(-1)).toBe("Succeeded=True");
  });

  it("never starts without its image, and fails at its deadline", async () => {
    await submit("imageless", { outcome: "pull-error", runPolicy: { activeDeadlineSeconds: 90 } });
    clock.advance(30_000);
    const log = await call(`${PODS}/imageless-master-0/log`);
    clock.advance(61_000);

    expect(log.body.message).toContain("is waiting to start: ImagePullBackOff");
    expect((await conditionsOf("imageless")).at(-1)?.message).toContain(
      "active longer than specified deadline",
    );
  });
});

describe("a PyTorchJob whose pods cannot be", () => {
  it.each([
    ["labels that are none", { labels: { "not a key": "x" } }, "fine"],
    ["a name that is too long for its service", {}, "a".repeat(60)],
  ])("waits and says so: %s", async (_what, metadata, name) => {
    await submit("other");
    const { spec } = (await call(`${JOBS}/other`)).body;
    spec.pytorchReplicaSpecs.Master.template.metadata = metadata;
    const body = { apiVersion: "kubeflow.org/v1", kind: "PyTorchJob", metadata: { name }, spec };

    expect((await call(JOBS, { body })).code).toBe(201);
    clock.advance(5_000);

    const events = (await call(`${EVENTS}?fieldSelector=involvedObject.name%3D${name}`)).body.items;
    expect(events.map((event: { reason: string }) => event.reason)).toContain("FailedCreatePod");
    expect((await statesOf("other")).at(-1)).toBe("Running=True");
  });
});

describe("a suspended PyTorchJob", () => {
  it("gives its pods back, and starts anew when it is resumed", async () => {
    await submit("pause");
    clock.advance(10_000);
    await patch(`${JOBS}/pause`, { spec: { runPolicy: { suspend: true } } });
    clock.advance(2_000);
    const suspended = await statesOf("pause");
    const pods = await podsOf("pause");
    await patch(`${JOBS}/pause`, { spec: { runPolicy: { suspend: false } } });
    clock.advance(3_000);

    expect(suspended).toEqual(["Created=True", "Running=False", "Suspended=True"]);
    expect(pods).toEqual([]);
    expect(await statesOf("pause")).toEqual(["Created=True", "Suspended=False", "Running=True"]);
    expect((await call(`${JOBS}/pause`)).body.status.startTime).toBe("2026-11-24T00:00:12Z");
  });
});

describe("scheduling", () => {
  it("keeps a job waiting on a cordoned or full node, and says why", async () => {
    await patch("/api/v1/nodes/gpu-2", { spec: { unschedulable: true } });
    await submit("wait", { gpus: 4 });
    const scheduled = async () =>
      (await call(`${PODS}/wait-master-0`)).body.status.conditions.find(
        ({ type }: Condition) => type === "PodScheduled",
      );

    expect(await scheduled()).toMatchObject({
      status: "False",
      reason: "Unschedulable",
      message:
        "0/4 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/4 nodes are available: 1 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.",
    });
    await patch("/api/v1/nodes/gpu-2", { spec: { unschedulable: null } });
    expect(await scheduled()).toMatchObject({ status: "True" });
    const events = (await call(`${EVENTS}?fieldSelector=involvedObject.name%3Dwait-master-0`)).body.items;
    expect(events.map((event: { reason: string }) => event.reason)).toEqual(
      expect.arrayContaining(["FailedScheduling", "Scheduled"]),
    );
  });
});

describe("a pod's log", () => {
  it("can be cut from either end, and is timed", async () => {
    await submit("talk");
    clock.advance(32_000);
    const log = (query: string) => call(`${PODS}/talk-master-0/log?${query}`);

    const tail = (await log("tailLines=2")).text.trimEnd().split("\n");
    const recent = (await log("sinceSeconds=3&timestamps=true")).text.trimEnd().split("\n");
    const limited = await log("limitBytes=11");

    expect(tail.map((line) => line.split(" ")[1])).toEqual(["99/200", "100/200"]);
    expect(tail[1]).toMatch(/^step 100\/200 loss \d\.\d{4} lr \d\.\d\de-\d \d+ tok\/s$/);
    expect(recent).toHaveLength(11);
    expect(recent[0]).toMatch(/^2026-11-24T00:00:29\.000000000Z step 90\/200 /);
    expect(limited.text).toBe("[simulated]");
    expect((await log("tailLines=0")).text).toBe("");
    expect((await log("tailLines=-1")).code).toBe(422);
    expect((await log("container=other")).body.message).toBe(
      "container other is not valid for pod talk-master-0",
    );
    expect((await log("previous=true")).code).toBe(400);
  });

  it("is followed to its end", async () => {
    await submit("follow");
    clock.advance(3_000);
    const followed = await streamKubernetes(
      accessFromKubeconfig(simulated.kubeconfig),
      `${PODS}/follow-master-0/log?follow=true&tailLines=1`,
    );
    await waitUntil("the first line", () => followed.lines.length > 0);
    clock.advance(60_000);
    await waitUntil("the end", () => !followed.isOpen());

    const steps = followed.lines.flatMap((line) => /^step (\d+)/.exec(line)?.[1] ?? []);
    expect(steps).toEqual(
      Array.from({ length: steps.length }, (_, index) => String(201 - steps.length + index)),
    );
    expect(followed.lines.at(-1)).toBe("Training completed. Model saved to /output");
  });
});
