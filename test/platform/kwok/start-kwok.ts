import { join } from "node:path";
import type { PlatformCache } from "../build/platform-cache.ts";
import { applyManifests } from "../servers/apply-manifests.ts";
import type { ServerFiles } from "../servers/server-files.ts";
import { flags, type ControlPlane, type Start } from "../servers/start-control-plane.ts";
import { waitForServer } from "../servers/wait-for-server.ts";
import { logText } from "./log-text.ts";
import { NODES } from "./nodes.ts";
import { STAGES } from "./stages.ts";
import { STEERING_POLICY } from "./steering-policy.ts";

/** kwok plays the kubelets of all nodes: it moves pods through their stages and serves their logs. */
export async function startKwok(options: {
  cache: PlatformCache;
  files: ServerFiles;
  start: Start;
  controlPlane: ControlPlane;
  port: number;
}): Promise<void> {
  const { cache, files, start, controlPlane, port } = options;
  const { admin } = controlPlane;
  await applyManifests(admin, join(cache.manifests("kwok")));
  const everyPod = {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "ClusterLogs",
    metadata: { name: "every-pod" },
    spec: {
      logs: [
        { logsFile: files.write("pods/default.log", logText(["step 1/2 loss 0.9", "step 2/2 loss 0.5"])) },
      ],
    },
  };
  const config = [...STAGES, everyPod].map((part) => JSON.stringify(part)).join("\n---\n");
  const kwok = start({
    name: "kwok",
    command: cache.binary("kwok"),
    args: [
      ...flags({
        kubeconfig: controlPlane.adminKubeconfig,
        config: files.write("kwok.yaml", config),
        "manage-all-nodes": true,
        cidr: "10.244.0.1/16",
        "node-ip": "127.0.0.1",
        "node-port": port,
        "server-address": `127.0.0.1:${port}`,
        "tls-cert-file": files.certificateFile,
        "tls-private-key-file": files.keyFile,
        "node-lease-duration-seconds": 40,
        // A `Logs` object gives one pod lines of its own.
        "enable-crds": "Logs",
      }),
    ],
  });
  for (const object of [...STEERING_POLICY, ...NODES]) await admin.apply(object);
  await waitForServer(kwok, async () => {
    const nodes = (await admin.must("/api/v1/nodes")) as { items: NodeWithStatus[] };
    return nodes.items.length === NODES.length && nodes.items.every(isUsable);
  });
}

interface NodeWithStatus {
  spec: { taints?: { key: string }[] };
  status: { conditions?: { type: string; status: string }[] };
}

function isUsable({ spec, status }: NodeWithStatus): boolean {
  const isReady = status.conditions?.some(
    (condition) => condition.type === "Ready" && condition.status === "True",
  );
  return isReady === true && !spec.taints?.some(({ key }) => key === "node.kubernetes.io/not-ready");
}
