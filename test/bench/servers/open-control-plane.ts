import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createKubernetesClient, type KubernetesClient } from "#test/platform/kubernetes-client.ts";
import { platformCache } from "#test/platform/build/platform-cache.ts";
import { openPlatform } from "#test/platform/open-platform.ts";
import { ACCESS_VARIABLE, type PlatformAccess } from "#test/platform/platform-access.ts";
import { applyManifests } from "#test/platform/servers/apply-manifests.ts";
import { startPlatform } from "#test/platform/servers/start-platform.ts";

const SERVERS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
const DEFINITIONS = ["training-operator", "trainer", "argo-workflows", "kuberay", "katib"];

export interface RealControlPlane {
  admin: KubernetesClient;
  /** Of Jibsa's own account with the rights of deploy/rbac/; JSON, which is YAML too. */
  kubeconfig: string;
  close(): Promise<void>;
}

/**
 * The real API server with the definitions of every training platform and none of their controllers: objects stay as they are
 * written. Undefined where its binaries are not built (`./jibsa test platform` builds them).
 */
export async function openControlPlane(namespaces: readonly string[]): Promise<RealControlPlane | undefined> {
  const cache = platformCache();
  const isBuilt =
    SERVERS.every((name) => existsSync(cache.binary(name))) &&
    DEFINITIONS.every((name) => existsSync(cache.manifests(name)));
  if (!isBuilt) return undefined;
  const running = await startPlatform(cache, () => undefined, { withControllers: false });
  try {
    const { admin: access } = JSON.parse(await readFile(running.accessFile, "utf8")) as PlatformAccess;
    const admin = createKubernetesClient(access);
    for (const name of DEFINITIONS) await applyManifests(admin, cache.manifests(name));
    process.env[ACCESS_VARIABLE] = running.accessFile;
    const platform = await openPlatform();
    for (const name of namespaces) await platform.openNamespace(name);
    // Not by way of what tests put between.
    const kubeconfig = JSON.parse(platform.kubeconfig) as { clusters: { cluster: { server: string } }[] };
    for (const { cluster } of kubeconfig.clusters) cluster.server = access.baseUrl;
    await platform.proxy.close();
    return { admin, kubeconfig: JSON.stringify(kubeconfig), close: () => running.close() };
  } catch (error) {
    await running.close();
    throw error;
  }
}
