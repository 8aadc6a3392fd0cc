import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import { clusterContract } from "#test/contracts/cluster-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { researcher, startSimulated, stranger } from "#test/servers/simulated-cluster.ts";

const params = { "model-size": "7B", "learning-rate": 2e-5, gpus: 2, "base-model": "/output/cpt_model" };
const JOB = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" };

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
  fake.reactions.patched = ({ metadata, ...object }) => {
    const { runPolicy } = object["spec"] as { runPolicy?: { suspend?: boolean } };
    fake.setCondition(metadata.name, runPolicy?.suspend === true ? "Suspended" : "Created");
  };
  return {
    engine: createPyTorchJobEngine(new Map([["onprem-a", fake.cluster]])),
    stage: stageFixture(),
    params,
    researcher,
    stranger,
    async bring(name, state) {
      fake.setCondition(name, conditions[state]);
    },
    settle() {},
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
    settle: () => clock.advance(1_000),
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
