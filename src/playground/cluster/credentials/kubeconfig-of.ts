import { stringify } from "yaml";
import type { ClusterCredentials } from "./open-credentials.ts";

/** The administrator's kubeconfig as YAML. */
export function kubeconfigOf(server: string, { token, certificate }: ClusterCredentials): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "simulated",
        cluster: { server, "certificate-authority-data": Buffer.from(certificate).toString("base64") },
      },
    ],
    users: [{ name: "simulated-admin", user: { token } }],
    contexts: [
      {
        name: "simulated",
        context: { cluster: "simulated", user: "simulated-admin", namespace: "llm-training" },
      },
    ],
    "current-context": "simulated",
  });
}
