import { createServer } from "node:net";
import { waitUntil } from "#test/wait-until.ts";
import { applyManifests } from "../servers/apply-manifests.ts";
import { flags } from "../servers/start-control-plane.ts";
import { START_TIMEOUT_MS } from "../servers/wait-for-server.ts";
import { makeNamespace, type StartController } from "./controller-context.ts";

const NAMESPACE = "argo";

/** Argo's workflow controller, for all namespaces. Ready when a workflow that does nothing has passed through it. */
export const startArgoWorkflows: StartController = async (context) => {
  const { cache, controlPlane, start } = context;
  const { admin } = controlPlane;
  await applyManifests(admin, cache.manifests("argo-workflows"));
  await makeNamespace(context, NAMESPACE);
  await admin.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "workflow-controller-configmap", namespace: NAMESPACE },
    data: { instanceID: "", metricsConfig: "enabled: false\n" },
  });
  // Its health check has a fixed port on all interfaces, and does without when the port is taken: two platforms fit on one
  // machine, and nothing is offered to the network.
  const holder = createServer();
  await new Promise<void>((done) => {
    holder.once("error", () => done());
    holder.listen({ port: 6060, host: "127.0.0.1" }, done);
  });
  holder.unref();
  const controller = start({
    name: "argo-workflows",
    command: cache.binary("argo-workflows"),
    // Otherwise each step costs up to ten seconds.
    environment: { LEADER_ELECTION_DISABLE: "true", DEFAULT_REQUEUE_TIME: "500ms" },
    args: flags({
      kubeconfig: controlPlane.adminKubeconfig,
      namespace: NAMESPACE,
      configmap: "workflow-controller-configmap",
      "executor-image": "example/argoexec:1",
    }),
  });
  await admin.apply({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name: "is-ready", namespace: NAMESPACE },
    spec: { entrypoint: "wait", templates: [{ name: "wait", suspend: {} }] },
  });
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/is-ready`;
  await waitUntil(
    "Argo to take up a workflow",
    async () => {
      controller.assertAlive();
      return ((await admin.must(path)) as { status?: { phase?: string } }).status?.phase === "Running";
    },
    START_TIMEOUT_MS,
    100,
  );
  await admin.must(path, { method: "DELETE" });
};
