import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import type { Cluster } from "#src/actions/cluster-ports.ts";
import { createKubernetesClient, type KubernetesClient } from "./kubernetes-client.ts";
import { readPlatformAccess } from "./platform-access.ts";
import { applyClusterRbac, BOT } from "./rbac-manifests.ts";
import { kubeconfig } from "./servers/server-files.ts";
import { startApiProxy, type ApiProxy } from "./start-api-proxy.ts";
import { openTrainingNamespace, type TrainingNamespace } from "./training-namespace.ts";

/** The running platform as one test sees it: its own connection, its own namespaces. See README.md beside this file. */
export interface Platform {
  /** Arranges and looks; never what is tested. */
  admin: KubernetesClient;
  /** Calls with Jibsa's own account and nobody impersonated. */
  bot: KubernetesClient;
  /** Of Jibsa's own account, through the proxy; JSON, which is YAML too. */
  kubeconfig: string;
  /** The adapter that Jibsa uses, with that kubeconfig. */
  cluster: Cluster;
  /** What stands between: loses answers, goes away. */
  proxy: ApiProxy;
  /** With rights for the people of rbac-manifests.ts. Default name: one of its own. */
  openNamespace(name?: string): Promise<TrainingNamespace>;
  auditLog: string;
  close(): Promise<void>;
}

export async function openPlatform(options: { clusterName?: string } = {}): Promise<Platform> {
  const { admin: adminAccess, privateKey, auditLog, podLogs } = readPlatformAccess();
  const admin = createKubernetesClient(adminAccess);
  await applyClusterRbac(admin);
  const token = await tokenOf(admin, BOT.namespace, BOT.name);
  const proxy = await startApiProxy(adminAccess, privateKey);
  const botKubeconfig = JSON.stringify(kubeconfig(proxy.baseUrl, adminAccess.certificate, token));
  const opened: TrainingNamespace[] = [];
  return {
    admin,
    bot: createKubernetesClient({ ...adminAccess, token }),
    kubeconfig: botKubeconfig,
    cluster: createKubernetesCluster({
      name: options.clusterName ?? "onprem-a",
      simulated: false,
      source: { kubeconfig: botKubeconfig },
    }),
    proxy,
    auditLog,
    async openNamespace(name) {
      const namespace = await openTrainingNamespace(admin, podLogs, name);
      // One with a given name is shared between tests.
      if (name === undefined) opened.push(namespace);
      return namespace;
    },
    async close() {
      await Promise.all(opened.map((namespace) => namespace.close()));
      await proxy.close();
    },
  };
}

async function tokenOf(admin: KubernetesClient, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 3_600 },
  };
  const answer = (await admin.must(path, { method: "POST", body })) as { status: { token: string } };
  return answer.status.token;
}
