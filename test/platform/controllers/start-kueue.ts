import { join } from "node:path";
import { answersOk } from "../servers/answers-ok.ts";
import { applyManifests } from "../servers/apply-manifests.ts";
import { freePorts } from "../servers/free-ports.ts";
import { flags } from "../servers/start-control-plane.ts";
import { waitForServer } from "../servers/wait-for-server.ts";
import {
  folderWithCertificate,
  makeNamespace,
  mountSecret,
  type StartController,
} from "./controller-context.ts";
import { applyWebhooks } from "./webhooks.ts";

const NAMESPACE = "kueue-system";
const SECRET = "kueue-webhook-server-cert";
const SERVICE = "kueue-webhook-service";
/** Its certificate is put into the conversion stanzas of these, which must be there for it. */
const CONVERTED = ["localqueues", "clusterqueues", "workloads", "cohorts", "multikueueclusters"];
const FRAMEWORKS = [
  "batch/job",
  "kubeflow.org/pytorchjob",
  "trainer.kubeflow.org/trainjob",
  "jobset.x-k8s.io/jobset",
  "ray.io/raycluster",
  "ray.io/rayjob",
];
const WEBHOOK_PATHS = [
  "kueue-x-k8s-io",
  "batch-v1-job",
  "pytorchjob",
  "trainjob",
  "jobset",
  "ray-io-v1-raycluster",
  "ray-io-v1-rayjob",
];

/** Kueue, for what carries a queue's label. Needs the kinds of all it queues. */
export const startKueue: StartController = async (context) => {
  const { cache, controlPlane, files, start } = context;
  const { admin } = controlPlane;
  const [metrics = 0, health = 0, webhook = 0] = await freePorts(3);
  const manifests = cache.manifests("kueue");
  await makeNamespace(context, NAMESPACE);
  await applyManifests(admin, manifests);
  await admin.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: SECRET, namespace: NAMESPACE } });
  for (const resource of CONVERTED)
    await admin.must(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${resource}.kueue.x-k8s.io`, {
      method: "PATCH",
      type: "application/merge-patch+json",
      body: { spec: { conversion: conversionAt(webhook) } },
    });
  await applyWebhooks(context, join(manifests, "manifests.yaml"), {
    nameOf: (kind) => `kueue-${kind}-webhook-configuration`,
    target: { kind: "service", namespace: NAMESPACE, name: SERVICE, port: webhook },
    paths: WEBHOOK_PATHS,
    // What is not queued is left to the other platforms, as on a cluster without Kueue.
    onlyLabelled: { label: "kueue.x-k8s.io/queue-name", exceptPath: "kueue-x-k8s-io" },
  });
  const folder = folderWithCertificate(context, "kueue");
  const controller = start({
    name: "kueue",
    command: cache.binary("kueue"),
    environment: { TMPDIR: folder },
    args: flags({
      kubeconfig: controlPlane.adminKubeconfig,
      // Its own API would need files at fixed places.
      "feature-gates": "VisibilityOnDemand=false",
      config: files.write("kueue/config.yaml", {
        apiVersion: "config.kueue.x-k8s.io/v1beta2",
        kind: "Configuration",
        namespace: NAMESPACE,
        leaderElection: { leaderElect: false },
        internalCertManagement: { enable: true, webhookServiceName: SERVICE, webhookSecretName: SECRET },
        webhook: { port: webhook, host: "127.0.0.1", certDir: join(folder, "certificates") },
        metrics: { bindAddress: `127.0.0.1:${metrics}` },
        health: { healthProbeBindAddress: `127.0.0.1:${health}` },
        integrations: { frameworks: FRAMEWORKS },
      }),
    }),
  });
  await mountSecret(context, NAMESPACE, SECRET, join(folder, "certificates"));
  await waitForServer(controller, () => answersOk(`http://127.0.0.1:${health}/readyz`));
};

function conversionAt(port: number): object {
  const service = { name: SERVICE, namespace: NAMESPACE, path: "/convert", port };
  return { strategy: "Webhook", webhook: { conversionReviewVersions: ["v1"], clientConfig: { service } } };
}
