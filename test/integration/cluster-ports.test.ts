import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import { startSimulatedCluster } from "#src/playground/cluster/start-simulated-cluster.ts";
import { clusterContract } from "#test/contracts/cluster-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { stageFixture } from "#test/fixtures/stages.ts";

const researcher = { user: "minji@example.com", groups: ["jibsa:researchers"] };
const stranger = { user: "nobody@example.com", groups: [] };
const params = { "model-size": "7B", "learning-rate": 2e-5, gpus: 2, "base-model": "/output/cpt_model" };
const JOB = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" };

async function startSimulated() {
  const folder = mkdtempSync(join(tmpdir(), "jibsa-ports-"));
  const clock = createManualClock();
  const simulated = await startSimulatedCluster({ port: 0, dataDir: folder, clock });
  const cluster = createKubernetesCluster({
    name: "onprem-a",
    simulated: true,
    source: { kubeconfig: simulated.kubeconfig },
  });
  let closed: Promise<void> | undefined;
  const stop = (): Promise<void> => (closed ??= simulated.close());
  const close = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { clock, simulated, cluster, stop, close };
}

clusterContract("the in-memory one", async () => {
  const fake = createInMemoryCluster();
  fake.faults.readers.add(stranger.user);
  return {
    cluster: fake.cluster,
    researcher,
    stranger,
    async goAway() {
      fake.faults.away = true;
    },
    close: async () => {},
  };
});

clusterContract("the Kubernetes adapter on the simulated one", async () => {
  const { clock, cluster, stop, close } = await startSimulated();
  // Pods take their time to end, on the cluster's own clock.
  const timer = setInterval(() => clock.advance(500), 20);
  return {
    cluster,
    researcher,
    stranger,
    goAway: stop,
    async close() {
      clearInterval(timer);
      await close();
    },
  };
});

trainingEngineContract("PyTorchJob on the in-memory cluster", async () => {
  const fake = createInMemoryCluster();
  fake.faults.readers.add(stranger.user);
  const conditions = { running: "Running", succeeded: "Succeeded", failed: "Failed" } as const;
  return {
    engine: createPyTorchJobEngine(new Map([["onprem-a", fake.cluster]])),
    stage: stageFixture(),
    params,
    researcher,
    stranger,
    async bring(name, state) {
      fake.setCondition(name, conditions[state]);
    },
    loseNextAnswer() {
      fake.faults.loseNextAnswer = true;
    },
    async deleteBehindOurBack() {
      fake.objects.clear();
    },
    close: async () => {},
  };
});

trainingEngineContract("PyTorchJob on the simulated cluster", async () => {
  const { clock, simulated, cluster, close } = await startSimulated();
  return {
    engine: createPyTorchJobEngine(new Map([["onprem-a", cluster]])),
    stage: stageFixture(),
    params,
    researcher,
    stranger,
    async bring(name, state) {
      if (state === "failed") await tellToFail(simulated.kubeconfig, name);
      clock.advance(state === "running" ? 20_000 : 300_000);
    },
    loseNextAnswer() {
      simulated.control.addFault({ kind: "lose-answer", verb: "create", resource: "pytorchjobs" });
    },
    async deleteBehindOurBack(name) {
      await cluster.delete({ ...JOB, name }, researcher);
      clock.advance(10_000);
    },
    close,
  };
});

/** Tells the pod of a job to fail, as the cluster's administrator. */
async function tellToFail(kubeconfig: string, jobName: string): Promise<void> {
  const { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const annotations = { "simulation.jibsa.dev/outcome": "fail" };
  await config
    .makeApiClient(CoreV1Api)
    .patchNamespacedPod(
      { namespace: JOB.namespace, name: `${jobName}-master-0`, body: { metadata: { annotations } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
}
