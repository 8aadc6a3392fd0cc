import { copyFileSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfig } from "../servers/server-files.ts";
import { answersOk } from "../servers/answers-ok.ts";
import { applyManifests } from "../servers/apply-manifests.ts";
import { freePorts } from "../servers/free-ports.ts";
import { flags } from "../servers/start-control-plane.ts";
import { waitForServer } from "../servers/wait-for-server.ts";
import { makeNamespace, mountSecret, type StartController } from "./controller-context.ts";
import { applyWebhooks } from "./webhooks.ts";

const NAMESPACE = "kubeflow";
const SECRET = "training-operator-webhook-cert";

/** The Training Operator for PyTorchJobs, with its admission webhook. */
export const startTrainingOperator: StartController = async (context) => {
  const { cache, controlPlane, files, start } = context;
  const { admin } = controlPlane;
  const [metrics = 0, health = 0, webhook = 0] = await freePorts(3);
  const manifests = cache.manifests("training-operator");
  await makeNamespace(context, NAMESPACE);
  await applyManifests(admin, manifests);
  await admin.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: SECRET, namespace: NAMESPACE } });
  await applyWebhooks(context, join(manifests, "manifests.yaml"), {
    nameOf: () => "validator.training-operator.kubeflow.org",
    target: { kind: "service", namespace: NAMESPACE, name: "training-operator", port: webhook },
    paths: ["pytorchjob"],
  });
  // Its certificates have a fixed place below /tmp, so it gets a /tmp of its own with all it needs.
  const folder = files.path("training-operator");
  const certificates = join(folder, "k8s-webhook-server/serving-certs");
  mkdirSync(certificates, { recursive: true });
  try {
    linkSync(cache.binary("training-operator"), join(folder, "training-operator"));
  } catch {
    copyFileSync(cache.binary("training-operator"), join(folder, "training-operator"));
  }
  writeFileSync(
    join(folder, "kubeconfig"),
    JSON.stringify(kubeconfig(controlPlane.baseUrl, files.certificate, files.token("admin"))),
  );
  const controller = start({
    name: "training-operator",
    command: "/tmp/training-operator",
    temporaryFolder: folder,
    environment: { MY_POD_NAMESPACE: NAMESPACE, TMPDIR: "/tmp" },
    args: flags({
      kubeconfig: "/tmp/kubeconfig",
      "enable-scheme": "pytorchjob",
      "metrics-bind-address": `127.0.0.1:${metrics}`,
      "health-probe-bind-address": `127.0.0.1:${health}`,
      "webhook-server-port": webhook,
    }),
  });
  await mountSecret(context, NAMESPACE, SECRET, certificates);
  await waitForServer(controller, () => answersOk(`http://127.0.0.1:${health}/readyz`));
};
