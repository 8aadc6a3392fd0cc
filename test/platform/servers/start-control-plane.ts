import { createKubernetesClient, type KubernetesClient } from "../kubernetes-client.ts";
import type { PlatformCache } from "../build/platform-cache.ts";
import { answersOk } from "./answers-ok.ts";
import { AUDIT_POLICY } from "./audit-policy.ts";
import { kubeconfig, type ServerFiles } from "./server-files.ts";
import type { RunningProcess, startProcess } from "./start-process.ts";
import { waitForServer } from "./wait-for-server.ts";

export type Start = (options: Omit<Parameters<typeof startProcess>[0], "logFile">) => RunningProcess;

export interface ControlPlane {
  baseUrl: string;
  admin: KubernetesClient;
  /** Of the administrator, as a file. */
  adminKubeconfig: string;
  auditLog: string;
}

/** What the outside world would only disturb: there is no cloud, and nobody signs or scales here. */
const CONTROLLERS_LEFT_OUT = [
  "nodeipam",
  "cloud-node-lifecycle",
  "node-route-controller",
  "service-lb-controller",
  "horizontal-pod-autoscaler-controller",
  "certificatesigningrequest-signing-controller",
];

/** etcd, the API server, the controller manager and the scheduler, on loopback. */
export async function startControlPlane(options: {
  cache: PlatformCache;
  files: ServerFiles;
  start: Start;
  ports: { etcd: number; etcdPeer: number; api: number; controllerManager: number; scheduler: number };
}): Promise<ControlPlane> {
  const { cache, files, start, ports } = options;
  const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
  const etcdPeerUrl = `http://127.0.0.1:${ports.etcdPeer}`;
  const etcd = start({
    name: "etcd",
    command: cache.binary("etcd"),
    args: flags({
      "data-dir": files.path("etcd"),
      "listen-client-urls": etcdUrl,
      "advertise-client-urls": etcdUrl,
      "listen-peer-urls": etcdPeerUrl,
      "initial-advertise-peer-urls": etcdPeerUrl,
      "initial-cluster": `default=${etcdPeerUrl}`,
      "unsafe-no-fsync": true,
      "log-level": "warn",
    }),
  });
  await waitForServer(etcd, () => answersOk(`${etcdUrl}/health`));

  const baseUrl = `https://127.0.0.1:${ports.api}`;
  const auditLog = files.path("audit.log");
  const apiServer = start({
    name: "kube-apiserver",
    command: cache.binary("kube-apiserver"),
    // Without a limit it grows to 1.5 GB with all custom resources; with 500 MiB it does little but collect garbage.
    environment: { GOMEMLIMIT: "1200MiB" },
    args: flags({
      "etcd-servers": etcdUrl,
      "bind-address": "127.0.0.1",
      "advertise-address": "127.0.0.1",
      "secure-port": ports.api,
      "endpoint-reconciler-type": "none",
      "tls-cert-file": files.certificateFile,
      "tls-private-key-file": files.keyFile,
      "cert-dir": files.path("apiserver"),
      "client-ca-file": files.certificateFile,
      "kubelet-certificate-authority": files.certificateFile,
      "kubelet-preferred-address-types": "InternalIP",
      // Unused, but without it the others complain for ever.
      "requestheader-client-ca-file": files.certificateFile,
      "requestheader-allowed-names": "aggregator",
      "requestheader-username-headers": "X-Remote-User",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "service-account-issuer": "https://kubernetes.default.svc",
      "api-audiences": "https://kubernetes.default.svc",
      "service-account-key-file": files.path("service-accounts.pub"),
      "service-account-signing-key-file": files.path("service-accounts.key"),
      "authorization-mode": "RBAC",
      "token-auth-file": files.path("tokens.csv"),
      "service-cluster-ip-range": "10.96.0.0/16",
      "allow-privileged": true,
      "audit-policy-file": files.write("audit-policy.json", AUDIT_POLICY),
      "audit-log-path": auditLog,
      profiling: false,
    }),
  });
  const access = { baseUrl, token: files.token("admin"), certificate: files.certificate };
  const admin = createKubernetesClient(access);
  await waitForServer(apiServer, async () => (await admin.call("/readyz")).code === 200);

  const configOf = (account: "admin" | "controller-manager" | "scheduler"): string =>
    files.write(`${account}.kubeconfig`, kubeconfig(baseUrl, files.certificate, files.token(account)));
  const component = (name: "controller-manager" | "scheduler", port: number) => ({
    kubeconfig: configOf(name),
    "authentication-kubeconfig": files.path(`${name}.kubeconfig`),
    "authorization-kubeconfig": files.path(`${name}.kubeconfig`),
    "bind-address": "127.0.0.1",
    "secure-port": port,
    "tls-cert-file": files.certificateFile,
    "tls-private-key-file": files.keyFile,
    "leader-elect": false,
  });
  const controllerManager = start({
    name: "kube-controller-manager",
    command: cache.binary("kube-controller-manager"),
    args: flags({
      ...component("controller-manager", ports.controllerManager),
      "use-service-account-credentials": true,
      "service-account-private-key-file": files.path("service-accounts.key"),
      "root-ca-file": files.certificateFile,
      // Among the others the node life cycle: it takes away the taint that keeps every pod from a new node.
      controllers: ["*", ...CONTROLLERS_LEFT_OUT.map((name) => `-${name}`)].join(","),
    }),
  });
  start({
    name: "kube-scheduler",
    command: cache.binary("kube-scheduler"),
    args: flags(component("scheduler", ports.scheduler)),
  });
  await waitForServer(
    controllerManager,
    async () => (await admin.call("/api/v1/namespaces/default/serviceaccounts/default")).code === 200,
  );
  return { baseUrl, admin, adminKubeconfig: configOf("admin"), auditLog };
}

export function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${String(value)}`);
}
