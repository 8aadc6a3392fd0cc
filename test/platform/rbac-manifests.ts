import { join } from "node:path";
import type { Identity } from "#src/actions/ports.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import { readObjects } from "./servers/apply-manifests.ts";

const FOLDER = join(import.meta.dirname, "../../deploy/rbac");

/** Jibsa's own account, as deploy/rbac/ makes it. */
export const BOT = { namespace: "jibsa", name: "jibsa", user: "system:serviceaccount:jibsa:jibsa" };

/** People whom deploy/rbac/jibsa.yaml lets it become. */
export const PEOPLE = {
  viewer: { user: "haneul@example.com", groups: ["jibsa:viewers"] },
  researcher: { user: "minji@example.com", groups: ["jibsa:researchers"] },
  lead: { user: "junho@example.com", groups: ["jibsa:leads"] },
  operator: { user: "sora@example.com", groups: ["jibsa:operators"] },
  /** Known, and without any right. */
  stranger: { user: "jibsa:doctor", groups: [] },
} as const satisfies Record<string, Identity>;

/** Exactly the manifests that operators apply, the same way. */
export async function applyClusterRbac(admin: KubernetesClient): Promise<void> {
  for (const file of ["jibsa.yaml", "people.yaml"])
    for (const object of readObjects(join(FOLDER, file))) await admin.apply(object);
}

export async function applyNamespaceRbac(admin: KubernetesClient, namespace: string): Promise<void> {
  await Promise.all(
    readObjects(join(FOLDER, "training-namespace.yaml")).map((object) => admin.apply(object, namespace)),
  );
}
