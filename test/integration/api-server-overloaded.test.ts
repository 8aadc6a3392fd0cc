import { afterEach, beforeEach, expect, it } from "vitest";
import { ClusterUnavailableError } from "#src/actions/cluster-ports.ts";
import { researcher, startSimulated } from "#test/servers/simulated-cluster.ts";
import { waitUntil } from "#test/wait-until.ts";

const JOBS = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" };

let api: Awaited<ReturnType<typeof startSimulated>>;
beforeEach(async () => {
  api = await startSimulated();
});
afterEach(() => api.close());

it("says of a log that the API server is overloaded, and for how long", async () => {
  api.simulated.control.addFault({ kind: "rate-limit", resource: "pods", retryAfterSeconds: 7 });

  const lines = api.cluster.logs({ namespace: "llm-training", pod: "any" }, researcher, {});
  const reading = lines[Symbol.asyncIterator]().next();

  const error = await reading.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClusterUnavailableError);
  expect(error).toMatchObject({ retryAfterMs: 7_000 });
});

it("does not begin a watch again before the time that the API server asked for is over", async () => {
  const stopping = new AbortController();
  const seen: string[] = [];
  await api.cluster.create(
    {
      apiVersion: "kubeflow.org/v1",
      kind: "PyTorchJob",
      metadata: { name: "watched", namespace: "llm-training" },
      spec: {
        pytorchReplicaSpecs: {
          Master: {
            replicas: 1,
            restartPolicy: "Never",
            template: { spec: { containers: [{ name: "pytorch", image: "training" }] } },
          },
        },
      },
    },
    researcher,
  );
  api.simulated.control.addFault({
    kind: "rate-limit",
    verb: "list",
    resource: "pytorchjobs",
    retryAfterSeconds: 3,
  });
  const beganAtMs = Date.now();

  api.cluster.watch(JOBS, (name) => seen.push(name), stopping.signal);
  await waitUntil("the list after the refused one", () => seen.includes("watched"));

  expect(Date.now() - beganAtMs).toBeGreaterThanOrEqual(3_000);
  stopping.abort();
});

it("does not ask the same again before that time is over; another question goes on", async () => {
  api.simulated.control.addFault({
    kind: "rate-limit",
    verb: "list",
    resource: "pytorchjobs",
    retryAfterSeconds: 1,
  });
  const list = () => api.cluster.list(JOBS, researcher);

  await expect(list()).rejects.toMatchObject({ retryAfterMs: 1_000 });
  await expect(list()).rejects.toThrow("has asked for a pause");
  await expect(api.cluster.get({ ...JOBS, name: "none" }, researcher)).resolves.toBeUndefined();

  expect(await waitUntil("the pause to be over", () => list().catch(() => undefined))).toEqual([]);
});
