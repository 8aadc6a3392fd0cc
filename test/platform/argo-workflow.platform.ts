import type { Stage } from "#src/actions/ports.ts";
import { createArgoWorkflowEngine } from "#src/actions/training/engines/argo-workflow/argo-workflow-engine.ts";
import { argoWorkflowContract } from "#test/contracts/argo-workflow-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { workflowStageFixture } from "#test/fixtures/workflow-stage.ts";
import { openEngine } from "./engine-on-platform.ts";
import { openPlatform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";

const WORKFLOWS = { group: "argoproj.io", version: "v1alpha1", resource: "workflows" };
const IS_IN = { running: "Running", succeeded: "Succeeded", failed: "Failed" };

trainingEngineContract("Argo Workflows 3.7", () =>
  openEngine({
    createEngine: createArgoWorkflowEngine,
    resource: WORKFLOWS,
    stage: (namespace): Stage => workflowStageFixture({ namespace }),
    params: { "model-size": "7B" },
    isIn({ status }, state) {
      const { phase, nodes = {} } = (status ?? {}) as {
        phase?: string;
        nodes?: Record<string, { type: string; phase: string }>;
      };
      if (state !== "running") return phase === IS_IN[state];
      // The workflow itself runs as soon as the controller has seen it.
      return Object.values(nodes).some((node) => node.type === "Pod" && node.phase === "Running");
    },
  }),
);

argoWorkflowContract("the controller of Argo 3.7", async () => {
  const platform = await openPlatform();
  const namespace = await platform.openNamespace();
  const pathOf = (plural: string) => `/apis/argoproj.io/v1alpha1/namespaces/${namespace.name}/${plural}`;
  return {
    engine: createArgoWorkflowEngine(new Map([["onprem-a", platform.cluster]])),
    cluster: "onprem-a",
    namespace: namespace.name,
    researcher: PEOPLE.researcher,
    async arrange(object) {
      await platform.admin.must(pathOf(`${object.kind.toLowerCase()}s`), { method: "POST", body: object });
    },
    async read({ name }) {
      return (await platform.admin.must(`${pathOf("workflows")}/${name}`)) as Record<string, unknown>;
    },
    async podNames({ name }) {
      return (await namespace.podsOf(name)).map(({ metadata }) => metadata.name);
    },
    // The real controller goes round by itself.
    settle() {},
    close: () => platform.close(),
  };
});
