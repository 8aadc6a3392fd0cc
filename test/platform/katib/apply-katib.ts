import { waitUntil } from "#test/wait-until.ts";
import type { KubernetesClient } from "../kubernetes-client.ts";
import { readPlatformAccess } from "../platform-access.ts";
import { applyManifests } from "../servers/apply-manifests.ts";

/** Katib's own custom resources, from its Go module. Its controllers need images and a database: what they write is written by the test. */
export async function applyKatib(admin: KubernetesClient): Promise<void> {
  if (await isServed(admin)) return;
  await applyManifests(admin, readPlatformAccess().katib);
  // Established is not yet served: its storage comes a moment later.
  await waitUntil("Katib's resources to be served", () => isServed(admin));
}

async function isServed(admin: KubernetesClient): Promise<boolean> {
  const answers = await Promise.all(
    ["experiments", "trials"].map((resource) => admin.call(`/apis/kubeflow.org/v1beta1/${resource}?limit=1`)),
  );
  return answers.every(({ code }) => code === 200);
}
