import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import {
  startSimulatedCluster,
  type SimulatedCluster,
} from "#src/playground/cluster/start-simulated-cluster.ts";
import { accessFromKubeconfig, callKubernetes } from "#test/kubernetes-call.ts";

let simulated: SimulatedCluster;
const clock = createManualClock();
beforeAll(async () => {
  simulated = await startSimulatedCluster({ port: 0, clock });
});
afterAll(() => simulated.close());

const JOB = "/apis/kubeflow.org/v1/namespaces/llm-training/pytorchjobs";
const POD = "/api/v1/namespaces/llm-training/pods";
const NODE = "/api/v1/nodes";

/** What is right, with one field somewhere in it replaced by something else. */
const right: Record<string, object> = {
  [JOB]: {
    apiVersion: "kubeflow.org/v1",
    kind: "PyTorchJob",
    metadata: { name: "x", labels: { a: "b" }, annotations: { "simulation.jibsa.dev/outcome": "oom" } },
    spec: {
      runPolicy: { suspend: false, backoffLimit: 1, cleanPodPolicy: "All", ttlSecondsAfterFinished: 5 },
      pytorchReplicaSpecs: {
        Master: {
          replicas: 1,
          restartPolicy: "OnFailure",
          template: {
            metadata: { labels: { a: "b" } },
            spec: { containers: [{ name: "pytorch", image: "i", resources: { limits: { cpu: 1 } } }] },
          },
        },
      },
    },
  },
  [POD]: {
    metadata: { name: "x", ownerReferences: [], finalizers: [], annotations: {} },
    spec: {
      nodeName: "gpu-1",
      nodeSelector: { a: "b" },
      tolerations: [{ key: "k", operator: "Exists" }],
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "a", image: "i", resources: { requests: { memory: "1Gi" } } }],
    },
    status: { conditions: [{ type: "PodScheduled", status: "True" }], containerStatuses: [] },
  },
  [NODE]: {
    metadata: { name: "x", labels: { a: "b" } },
    spec: { unschedulable: false, taints: [{ key: "k", effect: "NoSchedule" }] },
    status: { allocatable: { cpu: "1" }, conditions: [{ type: "Ready", status: "True" }], addresses: [] },
  },
};

function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}
function withReplaced(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? (Object.assign([], value) as never)
    : { ...(value as object) };
  copy[key] = withReplaced(copy[key], rest, replacement);
  return copy;
}
const replacement = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    0,
    -1,
    1e300,
    "",
    "x",
    true,
    [],
    {},
    [null],
    [[]],
    [{}],
    { a: null },
    "한글",
    "1Gi",
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const nonsense = fc
  .constantFrom(JOB, POD, NODE)
  .chain((path) =>
    fc.record({ path: fc.constant(path), field: fc.constantFrom(...pathsOf(right[path])), replacement }),
  );

it("takes nonsense in any field of any object without falling over", async () => {
  const access = accessFromKubeconfig(simulated.kubeconfig);
  const call = (path: string, method: string, body?: unknown, type = "application/json") =>
    callKubernetes(access, path, {
      method,
      type,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(nonsense, async ({ path, field, replacement: value }) => {
      number += 1;
      const text = JSON.stringify(right[path]).replace('"name":"x"', `"name":"x-${number}"`);
      const good = JSON.parse(text) as object;
      const answers = [await call(path, "POST", withReplaced(good, field, value))];
      if (answers[0]?.code === 409) return;
      answers.push(await call(path, "POST", good));
      const patch = withReplaced({}, field, value);
      answers.push(await call(`${path}/x-${number}`, "PATCH", patch, "application/merge-patch+json"));
      answers.push(await call(`${path}/x-${number}/status`, "PATCH", patch, "application/merge-patch+json"));
      answers.push(
        await call(
          `${path}/x-${number}?fieldManager=m&force=true`,
          "PATCH",
          { ...good, ...(patch as object) },
          "application/apply-patch+yaml",
        ),
      );
      clock.advance(1_500);
      answers.push(await callKubernetes(access, path, { headers: { accept: "application/json;as=Table" } }));
      answers.push(
        await call(`${path}/x-${number}`, "DELETE", {
          gracePeriodSeconds: 0,
          propagationPolicy: "Foreground",
        }),
      );
      for (const { code, body } of answers) {
        if (code >= 500) expect(body).toMatchObject({ message: "" });
        expect(typeof body).toBe("object");
      }
    }),
    { numRuns: Number(process.env["NONSENSE_RUNS"] ?? 60) },
  );
  expect((await call("/readyz", "GET")).text).toBe("ok");
});
