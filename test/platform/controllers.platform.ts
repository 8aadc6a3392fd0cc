import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlatformObject } from "#src/actions/ports.ts";
import { waitUntil } from "#test/wait-until.ts";
import { minimalObject } from "./minimal-objects.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";
import type { TrainingNamespace } from "./training-namespace.ts";

type WithStatus = PlatformObject & { status?: Record<string, unknown> };

/** The ground that all other tests of this tier stand on: each controller does its work, and pods do as they are told. */
describe("the platform", () => {
  let platform: Platform;
  let namespace: TrainingNamespace;
  beforeAll(async () => {
    platform = await openPlatform();
    namespace = await platform.openNamespace();
  });
  afterAll(() => platform.close());

  const make = (apiVersion: string, kind: string, name: string, fields: object, metadata: object = {}) =>
    platform.admin.apply({ apiVersion, kind, metadata: { name, ...metadata }, ...fields }, namespace.name);
  const read = async (apiVersion: string, kind: string, name: string): Promise<WithStatus> =>
    (await platform.admin.must(
      await platform.admin.pathOf(apiVersion, kind, namespace.name, name),
    )) as WithStatus;
  const hasCondition = (object: WithStatus, type: string, status = "True"): boolean =>
    ((object.status?.["conditions"] ?? []) as { type: string; status: string }[]).some(
      (condition) => condition.type === type && condition.status === status,
    );
  const until = (what: string, condition: () => Promise<boolean>) => waitUntil(what, condition, 90_000, 100);

  const job = (annotations: object, gpus = 0, fields: object = {}) => ({
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { annotations },
        spec: {
          restartPolicy: "Never",
          nodeSelector: gpus > 0 ? { "gpu-type": "a100" } : {},
          tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
          containers: [
            {
              name: "main",
              image: "example/train:1",
              ...(gpus > 0 && { resources: { limits: { "nvidia.com/gpu": String(gpus) } } }),
            },
          ],
        },
      },
      ...fields,
    },
  });
  const simulation = (name: string) => `simulation.jibsa.dev/${name}`;

  it("holds a pod, lets it go, lets it end, and gives it lines of its own", async () => {
    await make(
      "batch/v1",
      "Job",
      "steered",
      job({ [simulation("start")]: "held", [simulation("duration-seconds")]: "forever" }, 4),
    );
    const pod = await waitUntil("a pod on a node", async () =>
      (await namespace.podsOf("steered")).find(({ spec }) => (spec as { nodeName?: string }).nodeName),
    );
    expect(pod).toMatchObject({ status: { phase: "Pending" } });

    await namespace.writeLog(pod.metadata.name, ["step 1/4 loss 2.1", "step 2/4 loss 1.7"]);
    const phase = async () => ((await namespace.podsOf("steered"))[0] as WithStatus).status?.["phase"];
    await namespace.steerUntil(
      "steered",
      { start: "now" },
      "it to run",
      async () => (await phase()) === "Running",
    );
    const lines: string[] = [];
    await until("its own lines", async () => {
      lines.length = 0;
      const target = { namespace: namespace.name, pod: pod.metadata.name };
      for await (const line of platform.cluster.logs(target, PEOPLE.viewer, { tailLines: 1 }))
        lines.push(line);
      return lines[0]?.includes("step 2/4") === true;
    });
    await namespace.steerUntil(
      "steered",
      { durationSeconds: 0.1 },
      "it to end",
      async () => (await phase()) === "Succeeded",
    );

    expect(lines).toEqual(["step 2/4 loss 1.7"]);
    await until("the job to be done", async () =>
      hasCondition(await read("batch/v1", "Job", "steered"), "Complete"),
    );
  });

  it.each([
    ["fail", { exitCode: 1, reason: "Error" }],
    ["oom", { exitCode: 137, reason: "OOMKilled" }],
  ])("lets a run end badly: %s", async (outcome, terminated) => {
    await make(
      "batch/v1",
      "Job",
      outcome,
      job({ [simulation("outcome")]: outcome, [simulation("duration-seconds")]: "0.1" }),
    );

    await until("the job to fail", async () =>
      hasCondition(await read("batch/v1", "Job", outcome), "Failed"),
    );

    expect((await namespace.podsOf(outcome))[0]).toMatchObject({
      status: { phase: "Failed", containerStatuses: [{ state: { terminated } }] },
    });
  });

  it("refuses a PyTorchJob by the Training Operator's own webhook", async () => {
    const { object } = minimalObject("pytorchjobs");
    const specs = (object.spec as { pytorchReplicaSpecs: { Master: object } }).pytorchReplicaSpecs;
    const spec = { pytorchReplicaSpecs: { Master: { ...specs.Master, replicas: 2 } } };
    const metadata = { name: "two-masters", namespace: namespace.name };

    const refused = await platform.cluster.create(
      { apiVersion: "kubeflow.org/v1", ...object, spec, metadata },
      PEOPLE.researcher,
    );

    expect(refused).toMatchObject({ ok: false, failure: { kind: "invalid" } });
    expect(JSON.stringify(refused)).toContain("replicas");
  });

  it("brings a TrainJob to its end, by way of JobSet", async () => {
    const { object } = minimalObject("trainjobs");

    await make("trainer.kubeflow.org/v1alpha1", "TrainJob", "trained", object);

    await until("the TrainJob to be complete", async () =>
      hasCondition(await read("trainer.kubeflow.org/v1alpha1", "TrainJob", "trained"), "Complete"),
    );
  });

  it("holds a Workflow at its gate until somebody opens it", async () => {
    await make("argoproj.io/v1alpha1", "Workflow", "gated", {
      spec: {
        entrypoint: "main",
        templates: [
          {
            name: "main",
            steps: [[{ name: "work", template: "work" }], [{ name: "gate", template: "gate" }]],
          },
          { name: "gate", suspend: {} },
          { name: "work", container: { image: "example/step:1", command: ["run"] } },
        ],
      },
    });
    const status = async () =>
      (await read("argoproj.io/v1alpha1", "Workflow", "gated")).status as
        | { phase?: string; nodes?: Record<string, { type: string; phase: string }> }
        | undefined;
    const gate = await waitUntil(
      "the gate",
      async () =>
        Object.entries((await status())?.nodes ?? {}).find(
          ([, node]) => node.type === "Suspend" && node.phase === "Running",
        )?.[0],
      90_000,
    );

    const opened = {
      status: { nodes: { [gate]: { phase: "Succeeded", finishedAt: "2026-11-24T00:00:00Z" } } },
    };
    const ref = {
      group: "argoproj.io",
      version: "v1alpha1",
      resource: "workflows",
      namespace: namespace.name,
    };
    await platform.cluster.patch({ ...ref, name: "gated" }, opened, PEOPLE.researcher);

    await until("the workflow to succeed", async () => (await status())?.phase === "Succeeded");
  });

  it("makes a RayCluster ready, and gives its pods back when it is suspended", async () => {
    const { object } = minimalObject("rayclusters");
    await make("ray.io/v1", "RayCluster", "standing", object);
    const state = async () => (await read("ray.io/v1", "RayCluster", "standing")).status?.["state"];
    await until("the cluster to be ready", async () => (await state()) === "ready");

    const ref = { group: "ray.io", version: "v1", resource: "rayclusters", namespace: namespace.name };
    await platform.cluster.patch({ ...ref, name: "standing" }, { spec: { suspend: true } }, PEOPLE.lead);

    await until("the cluster to be suspended", async () => (await state()) === "suspended");
    await until("its pods to go", async () => (await namespace.podsOf("standing")).length === 0);
  });

  it("lets Kueue admit what the quota allows, and say why the rest waits", async () => {
    const queue = `queue-${namespace.name}`;
    const kueue = "kueue.x-k8s.io/v1beta2";
    await make(kueue, "ResourceFlavor", queue, {});
    await make(kueue, "ClusterQueue", queue, {
      spec: {
        namespaceSelector: {},
        resourceGroups: [
          {
            coveredResources: ["nvidia.com/gpu"],
            flavors: [{ name: queue, resources: [{ name: "nvidia.com/gpu", nominalQuota: "4" }] }],
          },
        ],
      },
    });
    await make(kueue, "LocalQueue", "queue", { spec: { clusterQueue: queue } });
    const queued = { labels: { "kueue.x-k8s.io/queue-name": "queue" } };
    const forever = { [simulation("duration-seconds")]: "forever" };
    await make("batch/v1", "Job", "first", job(forever, 4, { suspend: true }), queued);
    await until("the first to be admitted", async () =>
      hasCondition((await workloadOf("first")) ?? none, "Admitted"),
    );
    await make("batch/v1", "Job", "second", job(forever, 4, { suspend: true }), queued);

    await until("the second to wait", async () =>
      hasCondition((await workloadOf("second")) ?? none, "QuotaReserved", "False"),
    );

    expect(JSON.stringify(await workloadOf("second"))).toContain("insufficient unused quota");
  });

  const none = {} as WithStatus;
  async function workloadOf(name: string): Promise<WithStatus | undefined> {
    const ref = {
      group: "kueue.x-k8s.io",
      version: "v1beta2",
      resource: "workloads",
      namespace: namespace.name,
    };
    return (await platform.cluster.list(ref, PEOPLE.viewer)).find(({ metadata }) =>
      metadata.name.startsWith(`job-${name}-`),
    );
  }
});
