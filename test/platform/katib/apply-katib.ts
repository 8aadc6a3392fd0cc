import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { waitUntil } from "#test/wait-until.ts";
import type { KubernetesClient } from "../kubernetes-client.ts";
import { applyManifests } from "../servers/apply-manifests.ts";

const MODULE = "github.com/kubeflow/katib@v0.19.0";
/** Of everything in the module, as go.sum has it. */
const SUM = "h1:uexj303nRkGtTFtTkY4McCt6J0TCtnerX3i3E7TRA5M=";

/** Katib's own custom resources, from its Go module. Its controllers need images and a database: what they write is written by the test. */
export async function applyKatib(admin: KubernetesClient): Promise<void> {
  if (await isServed(admin)) return;
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", MODULE], {
    cwd: tmpdir(),
    env: { ...process.env, GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOWORK: "off" },
  });
  const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
  if (Sum !== SUM) throw new Error(`${MODULE} is ${Sum} and should be ${SUM}`);
  await applyManifests(admin, join(Dir, "manifests/v1beta1/components/crd"));
  // Established is not yet served: its storage comes a moment later.
  await waitUntil("Katib's resources to be served", () => isServed(admin));
}

async function isServed(admin: KubernetesClient): Promise<boolean> {
  const answers = await Promise.all(
    ["experiments", "trials"].map((resource) => admin.call(`/apis/kubeflow.org/v1beta1/${resource}?limit=1`)),
  );
  return answers.every(({ code }) => code === 200);
}
