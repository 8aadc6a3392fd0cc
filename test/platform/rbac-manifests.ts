import { join } from "node:path";
import type { Identity, PlatformObject } from "#src/actions/ports.ts";
import { waitUntil } from "#test/wait-until.ts";
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

/** Resolves when they are in force: the API server's authorizer hears of each of them by itself, in its own time. */
export async function applyNamespaceRbac(admin: KubernetesClient, namespace: string): Promise<void> {
  const objects = readObjects(join(FOLDER, "training-namespace.yaml")) as RbacObject[];
  await Promise.all(objects.map((object) => admin.apply(object, namespace)));
  const roles = new Map(
    objects.filter(({ kind }) => kind === "Role").map((role) => [role.metadata.name, role]),
  );
  for (const { roleRef, subjects = [] } of objects)
    for (const subject of subjects) {
      const rule = roles.get(roleRef?.name ?? "")?.rules?.[0];
      if (rule === undefined)
        throw new Error(`the binding of ${roleRef?.name} names no Role of the manifest`);
      await waitUntil(`${subject.name} to be let by ${roleRef?.name}`, () =>
        isAllowed(admin, namespace, subject, rule),
      );
    }
}

interface RbacObject extends PlatformObject {
  rules?: readonly { apiGroups: readonly string[]; resources: readonly string[]; verbs: readonly string[] }[];
  roleRef?: { name: string };
  subjects?: readonly { kind: string; name: string; namespace?: string }[];
}

async function isAllowed(
  admin: KubernetesClient,
  namespace: string,
  subject: NonNullable<RbacObject["subjects"]>[number],
  { apiGroups, resources, verbs }: NonNullable<RbacObject["rules"]>[number],
): Promise<boolean> {
  const who =
    subject.kind === "Group"
      ? { user: "somebody", groups: [subject.name] }
      : { user: `system:serviceaccount:${subject.namespace}:${subject.name}` };
  const [resource, subresource] = (resources[0] ?? "").split("/");
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      ...who,
      resourceAttributes: {
        namespace,
        group: apiGroups[0],
        resource,
        ...(subresource !== undefined && { subresource }),
        verb: verbs[0],
      },
    },
  };
  const review = await admin.must("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    method: "POST",
    body,
  });
  return (review as { status: { allowed: boolean } }).status.allowed;
}
