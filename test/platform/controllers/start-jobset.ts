import { join } from "node:path";
import { answersOk } from "../servers/answers-ok.ts";
import { applyManifests } from "../servers/apply-manifests.ts";
import { freePorts } from "../servers/free-ports.ts";
import { flags } from "../servers/start-control-plane.ts";
import { waitForServer } from "../servers/wait-for-server.ts";
import { folderWithCertificate, makeNamespace, type StartController } from "./controller-context.ts";
import { applyWebhooks } from "./webhooks.ts";

/** JobSet, what Trainer makes its jobs of. */
export const startJobSet: StartController = async (context) => {
  const { cache, controlPlane, files, start } = context;
  const [metrics = 0, health = 0, webhook = 0] = await freePorts(3);
  const manifests = cache.manifests("jobset");
  await makeNamespace(context, "jobset-system");
  await applyManifests(controlPlane.admin, manifests);
  const folder = folderWithCertificate(context, "jobset");
  const controller = start({
    name: "jobset",
    command: cache.binary("jobset"),
    environment: { TMPDIR: folder },
    args: flags({
      kubeconfig: controlPlane.adminKubeconfig,
      config: files.write("jobset/config.yaml", {
        apiVersion: "config.jobset.x-k8s.io/v1alpha1",
        kind: "Configuration",
        leaderElection: { leaderElect: false },
        internalCertManagement: { enable: false },
        webhook: { port: webhook, host: "127.0.0.1" },
        metrics: { bindAddress: `127.0.0.1:${metrics}` },
        health: { healthProbeBindAddress: `127.0.0.1:${health}` },
      }),
    }),
  });
  await waitForServer(controller, () => answersOk(`http://127.0.0.1:${health}/readyz`));
  await applyWebhooks(context, join(manifests, "manifests.yaml"), {
    nameOf: (kind) => `jobset-${kind}`,
    target: { kind: "address", port: webhook },
  });
};
