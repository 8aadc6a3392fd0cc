import { createArgoWorkflowEngine } from "#src/actions/training/engines/argo-workflow/argo-workflow-engine.ts";
import { argoWorkflowContract } from "#test/contracts/argo-workflow-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { workflowStageFixture } from "#test/fixtures/workflow-stage.ts";
import { researcher, startSimulated, stranger } from "#test/servers/simulated-cluster.ts";

const WORKFLOWS = {
  group: "argoproj.io",
  version: "v1alpha1",
  resource: "workflows",
  namespace: "llm-training",
};
const PODS = { group: "", version: "v1", resource: "pods", namespace: "llm-training" };
const administrator = { user: "admin", groups: ["jibsa:operators"] };

trainingEngineContract("Argo Workflows on the simulated cluster", async () => {
  const { clock, simulated, cluster, close } = await startSimulated();
  return {
    engine: createArgoWorkflowEngine(new Map([["onprem-a", cluster]])),
    stage: workflowStageFixture(),
    params: { "model-size": "7B" },
    researcher,
    stranger,
    async bring(name, state) {
      if (state === "running") return clock.advance(20_000);
      if (state === "failed")
        for (const { metadata } of await cluster.list(PODS, researcher, {
          labelSelector: `workflows.argoproj.io/workflow=${name}`,
        }))
          await cluster.patch(
            { ...PODS, name: metadata.name },
            { metadata: { annotations: { "simulation.jibsa.dev/outcome": "fail" } } },
            administrator,
          );
      // Each step takes a minute from when it is placed.
      for (let step = 0; step < 20; step += 1) clock.advance(10_000);
    },
    settle: () => clock.advance(1_000),
    loseNextAnswer() {
      simulated.control.addFault({ kind: "lose-answer", verb: "create", resource: "workflows" });
    },
    async deleteBehindOurBack(name) {
      await cluster.delete({ ...WORKFLOWS, name }, researcher);
      clock.advance(10_000);
    },
    close,
  };
});

argoWorkflowContract("the simulated controller", async () => {
  const { clock, cluster, close } = await startSimulated();
  return {
    engine: createArgoWorkflowEngine(new Map([["onprem-a", cluster]])),
    cluster: "onprem-a",
    namespace: "llm-training",
    researcher,
    async arrange(object) {
      const made = await cluster.create(object, administrator);
      if (!made.ok) throw new Error(JSON.stringify(made.failure));
    },
    read: ({ name }) => cluster.get({ ...WORKFLOWS, name }, researcher),
    async podNames({ name }) {
      const labelSelector = `workflows.argoproj.io/workflow=${name}`;
      const pods = await cluster.list(PODS, researcher, { labelSelector });
      return pods.map(({ metadata }) => metadata.name);
    },
    settle: () => clock.advance(1_000),
    close,
  };
});
