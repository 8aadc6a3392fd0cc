import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answersOk } from "../servers/answers-ok.ts";
import { applyManifests } from "../servers/apply-manifests.ts";
import { freePorts } from "../servers/free-ports.ts";
import { flags } from "../servers/start-control-plane.ts";
import { waitForServer } from "../servers/wait-for-server.ts";
import { folderWithCertificate, makeNamespace, type StartController } from "./controller-context.ts";
import { applyWebhooks } from "./webhooks.ts";

/** Trainer v2 with the runtime torch-distributed. Needs JobSet's kinds. */
export const startTrainer: StartController = async (context) => {
  const { cache, controlPlane, files, start } = context;
  const [metrics = 0, health = 0, webhook = 0, status = 0] = await freePorts(4);
  const manifests = cache.manifests("trainer");
  await makeNamespace(context, "kubeflow-system");
  await applyManifests(controlPlane.admin, join(manifests, "crds"));
  const folder = folderWithCertificate(context, "trainer");
  const controller = start({
    name: "trainer",
    command: cache.binary("trainer"),
    environment: { TMPDIR: folder },
    args: flags({
      kubeconfig: controlPlane.adminKubeconfig,
      config: files.write("trainer/config.yaml", {
        apiVersion: "config.trainer.kubeflow.org/v1alpha1",
        kind: "Configuration",
        leaderElection: { leaderElect: false },
        certManagement: { enable: false },
        webhook: { port: webhook, host: "127.0.0.1" },
        metrics: { bindAddress: `127.0.0.1:${metrics}`, secureServing: false },
        health: { healthProbeBindAddress: `127.0.0.1:${health}` },
        statusServer: { port: status },
      }),
    }),
  });
  await waitForServer(controller, () => answersOk(`http://127.0.0.1:${health}/readyz`));
  await applyWebhooks(context, join(manifests, "manifests.yaml"), {
    nameOf: (kind) => `trainer-${kind}`,
    target: { kind: "address", port: webhook },
  });
  // Its webhook answers a moment later.
  const runtime = readFileSync(join(manifests, "torch_distributed.yaml"), "utf8");
  await waitForServer(controller, () => controlPlane.admin.applyText(runtime).then(() => true));
};
