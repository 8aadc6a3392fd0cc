import { beforeEach, expect, it } from "vitest";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { personFixture } from "#test/fixtures/people.ts";
import type { PlatformObject } from "../../ports.ts";
import { readQuota } from "./read-quota.ts";

const { identity } = personFixture();
const job = (labels: Record<string, string> = {}): PlatformObject => ({
  apiVersion: "kubeflow.org/v1",
  kind: "PyTorchJob",
  metadata: { name: "sft-r1", namespace: "llm-training", labels },
});
let fake: ReturnType<typeof createInMemoryCluster>;
beforeEach(() => {
  fake = createInMemoryCluster();
});
const put = (key: string, name: string, content: object) =>
  fake.objects.set(key, { apiVersion: "v1", kind: "Any", metadata: { name, namespace: "" }, ...content });
const quota = (name: string, spec: object = {}) =>
  put(`resourcequotas/llm-training/${name}`, name, {
    spec,
    status: {
      hard: { "requests.nvidia.com/gpu": "8" },
      used: { "requests.nvidia.com/gpu": "5" },
    },
  });
const read = (object = job(), gpus = 2) =>
  readQuota(fake.cluster, { object, gpus, gpuType: "h100" }, identity);

it("counts the namespace's quota with the start in it", async () => {
  quota("gpus");
  put("resourcequotas/llm-training/memory", "memory", { status: { hard: { "requests.memory": "1Ti" } } });

  expect(await read()).toEqual([{ name: "gpus", used: 7, limit: 8 }]);
});

it("leaves out a quota that counts some pods only, and all of them for a start without GPUs", async () => {
  quota("some", { scopes: ["BestEffort"] });

  expect(await read()).toEqual([]);
  quota("gpus");
  expect(await read(job(), 0)).toEqual([]);
});

it("counts the flavors of a queue that are of its type", async () => {
  const flavors = (key: "nominalQuota" | "total", h100: number, a100: number) => [
    { name: "h100-nodes", resources: [{ name: "nvidia.com/gpu", [key]: String(h100) }] },
    { name: "a100-nodes", resources: [{ name: "nvidia.com/gpu", [key]: String(a100) }] },
  ];
  put("localqueues/llm-training/team", "team", { spec: { clusterQueue: "research" } });
  put("clusterqueues//research", "research", {
    spec: { resourceGroups: [{ flavors: flavors("nominalQuota", 8, 16) }] },
    status: { flavorsReservation: flavors("total", 4, 12) },
  });
  put("resourceflavors//h100-nodes", "h100-nodes", { spec: { nodeLabels: { "gpu-type": "h100" } } });
  put("resourceflavors//a100-nodes", "a100-nodes", { spec: { nodeLabels: { "gpu-type": "a100" } } });

  expect(await read(job({ "kueue.x-k8s.io/queue-name": "team" }))).toEqual([
    { name: "research", used: 6, limit: 8 },
  ]);
});

it("is nothing where the person may not look", async () => {
  quota("gpus");
  fake.faults.forbidden = true;

  expect(await read()).toEqual([]);
});
