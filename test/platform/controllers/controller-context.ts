import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "#test/wait-until.ts";
import type { PlatformCache } from "../build/platform-cache.ts";
import type { ServerFiles } from "../servers/server-files.ts";
import type { ControlPlane, Start } from "../servers/start-control-plane.ts";
import { START_TIMEOUT_MS } from "../servers/wait-for-server.ts";

export interface ControllerContext {
  cache: PlatformCache;
  files: ServerFiles;
  start: Start;
  controlPlane: ControlPlane;
}

/** Makes one controller's resources known and starts it; ready when its own readiness says so, or it is seen to work. */
export type StartController = (context: ControllerContext) => Promise<void>;

/** A folder of its own for temporary files, with our certificate where controller-runtime looks for one. */
export function folderWithCertificate({ files }: ControllerContext, name: string): string {
  const folder = files.path(name);
  const certificates = join(folder, "k8s-webhook-server/serving-certs");
  mkdirSync(certificates, { recursive: true });
  writeFileSync(join(certificates, "tls.crt"), files.certificate);
  writeFileSync(join(certificates, "tls.key"), files.privateKey);
  return folder;
}

export async function makeNamespace({ controlPlane }: ControllerContext, name: string): Promise<void> {
  await controlPlane.admin.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

/**
 * For a controller that makes its own certificate: it insists that the Secret exists, fills it, and then waits for the files
 * that a kubelet would have mounted.
 */
export async function mountSecret(
  { controlPlane }: ControllerContext,
  namespace: string,
  secret: string,
  folder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const data = await waitUntil(
    `the certificate in ${secret}`,
    async () => {
      const { data: found } = (await controlPlane.admin.must(
        `/api/v1/namespaces/${namespace}/secrets/${secret}`,
      )) as { data?: Record<string, string> };
      return found?.["tls.key"] !== undefined && found;
    },
    START_TIMEOUT_MS,
    100,
  );
  for (const file of ["tls.crt", "tls.key", "ca.crt"])
    writeFileSync(join(folder, file), Buffer.from(data[file] ?? "", "base64"));
}
