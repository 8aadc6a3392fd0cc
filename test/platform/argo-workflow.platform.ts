import { join } from "node:path";
import type { PlatformObject, Stage } from "#src/actions/ports.ts";
import type { RunRef } from "#src/actions/training/engine-ports.ts";
import { createArgoWorkflowEngine } from "#src/actions/training/engines/argo-workflow/argo-workflow-engine.ts";
import { argoWorkflowContract } from "#test/contracts/argo-workflow-contract.ts";
import { koreanLlmContract } from "#test/contracts/korean-llm-contract.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { workflowStageFixture } from "#test/fixtures/workflow-stage.ts";
import { openEngine } from "./engine-on-platform.ts";
import type { KubernetesClient, ObjectToApply } from "./kubernetes-client.ts";
import type { Steering } from "./kwok/annotations.ts";
import { openPlatform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";
import { readObjects } from "./servers/apply-manifests.ts";

const EXAMPLE = join(import.meta.dirname, "../../deploy/training/argo");

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

async function openArgo(steering: Steering = {}) {
  const platform = await openPlatform();
  const namespace = await platform.openNamespace();
  await namespace.steer(steering);
  const pathOf = (plural: string) => `/apis/argoproj.io/v1alpha1/namespaces/${namespace.name}/${plural}`;
  return {
    platform,
    steered: namespace,
    engine: createArgoWorkflowEngine(new Map([["onprem-a", platform.cluster]])),
    cluster: "onprem-a",
    namespace: namespace.name,
    researcher: PEOPLE.researcher,
    async arrange(object: PlatformObject) {
      await platform.admin.must(pathOf(`${object.kind.toLowerCase()}s`), { method: "POST", body: object });
    },
    async read({ name }: RunRef) {
      return (await platform.admin.must(`${pathOf("workflows")}/${name}`)) as Record<string, unknown>;
    },
    async podNames({ name }: RunRef) {
      return (await namespace.podsOf(name)).map(({ metadata }) => metadata.name);
    },
    // The real controller goes round by itself.
    settle() {},
    close: () => platform.close(),
  };
}

argoWorkflowContract("the controller of Argo 3.7", () => openArgo());

/** Nobody plays argoexec here: jobs are not created, and what a pod would report is written for it. */
koreanLlmContract("the controller of Argo 3.7", async (pods) => {
  const opened = await openArgo({ durationSeconds: pods === "short" ? 1 : "forever" });
  const { platform, namespace, steered } = opened;
  for (const file of ["rbac.yaml", "korean-llm.yaml"])
    for (const object of readObjects(join(EXAMPLE, file)))
      await platform.admin.apply(movedTo(namespace, object));
  const volumes = await makeVolumes(platform.admin, namespace);
  return {
    ...opened,
    async reportAccuracy({ name }, nodeId, accuracy) {
      await platform.admin.apply(
        {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "WorkflowTaskResult",
          metadata: {
            name: nodeId,
            labels: {
              "workflows.argoproj.io/workflow": name,
              "workflows.argoproj.io/report-outputs-completed": "true",
            },
          },
          outputs: { parameters: [{ name: "accuracy", value: accuracy }] },
        },
        namespace,
      );
    },
    async letEnd({ name }, template) {
      await steered.steerPodsOf(`${name}-${template}-`, { durationSeconds: 0.1 });
    },
    async close() {
      await Promise.all(volumes.map((path) => platform.admin.call(path, { method: "DELETE" })));
      await opened.close();
    },
  };
});

/** The same object in another namespace than the one that it is written for. */
function movedTo(namespace: string, object: ObjectToApply): ObjectToApply {
  const text = JSON.stringify(object).replaceAll(
    '"namespace":"llm-training"',
    `"namespace":${JSON.stringify(namespace)}`,
  );
  return JSON.parse(text) as ObjectToApply;
}

/** The claims that the pipeline mounts, bound; gives the paths of what lies outside of the namespace. */
async function makeVolumes(admin: KubernetesClient, namespace: string): Promise<readonly string[]> {
  return Promise.all(
    ["llm-training-data-pvc", "model-output-pvc"].map(async (claim) => {
      const name = `${namespace}-${claim}`;
      const size = { accessModes: ["ReadWriteMany"], storageClassName: "" };
      await admin.apply({
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name },
        spec: { ...size, capacity: { storage: "1Gi" }, hostPath: { path: "/tmp" } },
      });
      await admin.apply(
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: claim },
          spec: { ...size, volumeName: name, resources: { requests: { storage: "1Gi" } } },
        },
        namespace,
      );
      return `/api/v1/persistentvolumes/${name}`;
    }),
  );
}
