import { answersOk } from "../servers/answers-ok.ts";
import { applyManifests } from "../servers/apply-manifests.ts";
import { freePorts } from "../servers/free-ports.ts";
import { flags } from "../servers/start-control-plane.ts";
import { waitForServer } from "../servers/wait-for-server.ts";
import { makeNamespace, type StartController } from "./controller-context.ts";

/** KubeRay, for all namespaces. Ray itself is not here: what asks a dashboard waits for ever. */
export const startKubeRay: StartController = async (context) => {
  const { cache, controlPlane, start } = context;
  const [metrics = 0, health = 0] = await freePorts(2);
  await applyManifests(controlPlane.admin, cache.manifests("kuberay"));
  await makeNamespace(context, "ray-system");
  const controller = start({
    name: "kuberay",
    command: cache.binary("kuberay"),
    environment: { ENABLE_WEBHOOKS: "false", POD_NAMESPACE: "ray-system" },
    args: flags({
      kubeconfig: controlPlane.adminKubeconfig,
      "metrics-addr": `127.0.0.1:${metrics}`,
      "health-probe-bind-address": `127.0.0.1:${health}`,
      "enable-leader-election": false,
    }),
  });
  await waitForServer(controller, () => answersOk(`http://127.0.0.1:${health}/healthz`));
};
