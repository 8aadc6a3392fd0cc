import { readFileSync } from "node:fs";
import type { KubernetesAccess } from "#test/kubernetes-call.ts";

/** How the tests reach the servers that their runner started. */
export interface PlatformAccess {
  admin: KubernetesAccess;
  /** PEM; of the servers' certificate, for those who stand in for the API server. */
  privateKey: string;
  auditLog: string;
  /** Folder of Katib's custom resources, which not every test needs. */
  katib: string;
  /** Folder of the lines that pods are said to have written. */
  podLogs: string;
}

/** Names the file of a running platform. Set by the runner. */
export const ACCESS_VARIABLE = "JIBSA_PLATFORM_ACCESS";

export function readPlatformAccess(): PlatformAccess {
  const file = process.env[ACCESS_VARIABLE];
  if (file === undefined) throw new Error("these tests need their servers: ./jibsa test platform");
  return JSON.parse(readFileSync(file, "utf8")) as PlatformAccess;
}
