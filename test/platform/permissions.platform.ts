import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClusterForbiddenError } from "#src/actions/cluster-ports.ts";
import type { Identity } from "#src/actions/ports.ts";
import { isImpersonated, readChangesByBot } from "./audit-log.ts";
import { MINIMAL_OBJECTS, minimalObject } from "./minimal-objects.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import { BOT, PEOPLE } from "./rbac-manifests.ts";

const VERBS = ["get", "list", "create", "patch", "delete", "deletecollection"] as const;
const RESOURCES = [...MINIMAL_OBJECTS.keys()];
type Role = keyof typeof PEOPLE;
type Verb = (typeof VERBS)[number];
interface Cell {
  role: Role;
  verb: Verb;
  namespace: string;
  resource: string;
}

const RUNS = ["pytorchjobs", "experiments", "trainjobs", "workflows", "rayjobs"];

/** What deploy/rbac/ is meant to give, said once more in other words. */
function isMeant({ role, verb, namespace, resource }: Cell, training: string): boolean {
  if (role === "stranger" || resource === "secrets" || verb === "deletecollection") return false;
  if (verb === "list" && resource === "pods") return true;
  if (namespace !== training) return false;
  if (verb === "get" || verb === "list") return true;
  if (role === "viewer") return false;
  if (RUNS.includes(resource)) return true;
  if (role === "researcher") return false;
  return (
    ["rayclusters", "cronworkflows"].includes(resource) || (resource === "workloads" && verb === "patch")
  );
}

describe("who may do what where", () => {
  let platform: Platform;
  let training: string;
  let cells: Cell[];
  beforeAll(async () => {
    platform = await openPlatform();
    training = (await platform.openNamespace()).name;
    cells = (Object.keys(PEOPLE) as Role[]).flatMap((role) =>
      VERBS.flatMap((verb) =>
        [training, "default", "kube-system"].flatMap((namespace) =>
          RESOURCES.map((resource) => ({ role, verb, namespace, resource })),
        ),
      ),
    );
  });
  afterAll(() => platform.close());

  it("is what Jibsa says beforehand, what the API server answers, and what is meant", async () => {
    const wrong: string[] = [];
    for (const cell of cells) {
      const identity = PEOPLE[cell.role];
      const { verb, namespace, resource } = cell;
      const { group } = minimalObject(resource);
      const said = (await platform.cluster.mayI({ verb, group, resource, namespace }, identity)).allowed;
      const answered = await isLetThrough(platform, cell, identity);
      const meant = isMeant(cell, training);
      if (said !== answered || said !== meant)
        wrong.push(`${JSON.stringify(cell)}: said ${said}, answered ${answered}, meant ${meant}`);
    }

    expect(cells.length).toBeGreaterThanOrEqual(500);
    expect(wrong).toEqual([]);
  }, 180_000);

  it("changes nothing in a rehearsal, and nothing is asked for as Jibsa's own account", async () => {
    const path = `/apis/kubeflow.org/v1/namespaces/${training}/pytorchjobs`;

    expect((await platform.admin.must(path)) as unknown).toMatchObject({ items: [] });
    const changes = readChangesByBot(platform.auditLog);
    expect(changes.length).toBeGreaterThan(500);
    expect(changes.filter((change) => !isImpersonated(change))).toEqual([]);
  });
});

describe("Jibsa's own account", () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openPlatform();
  });
  afterAll(() => platform.close());

  const get = async (path: string, as?: Partial<Identity>) =>
    (
      await platform.bot.call(path, {
        headers: {
          ...(as?.user !== undefined && { "Impersonate-User": as.user }),
          ...(as?.groups !== undefined && { "Impersonate-Group": [...as.groups] }),
        },
      })
    ).code;

  it.each([
    ["somebody who is not in its list", { user: "mallory@example.com", groups: ["jibsa:researchers"] }],
    ["a group of the administrators", { user: "minji@example.com", groups: ["system:masters"] }],
    ["a part of the control plane", { user: "system:kube-scheduler", groups: [] }],
    ["another service account", { user: "system:serviceaccount:kube-system:default", groups: [] }],
  ])("cannot become %s", async (_who, as) => {
    expect(await get("/api/v1/nodes", as)).toBe(403);
    expect(await get("/api/v1/nodes", PEOPLE.researcher)).toBe(200);
  });

  it("may by itself watch runs where it was let, and nothing else", async () => {
    const namespace = await platform.openNamespace();
    const may = async (verb: string, group: string, resource: string, where?: string): Promise<boolean> => {
      const review = {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { user: BOT.user, resourceAttributes: { verb, group, resource, namespace: where } },
      };
      const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
      return (
        (await platform.admin.must(path, { body: review, method: "POST" })) as {
          status: { allowed: boolean };
        }
      ).status.allowed;
    };
    const verbs = [...VERBS, "watch", "update"];

    const allowed: string[] = [];
    for (const where of [namespace.name, "default", undefined])
      for (const [resource, { group }] of MINIMAL_OBJECTS)
        for (const verb of verbs)
          if (await may(verb, group, resource, where)) allowed.push(`${verb} ${resource} ${where ?? "*"}`);

    expect(allowed.toSorted()).toEqual(
      RUNS.flatMap((resource) => [
        `list ${resource} ${namespace.name}`,
        `watch ${resource} ${namespace.name}`,
      ]).toSorted(),
    );
    expect(await get("/api/v1/secrets")).toBe(403);
  });
});

/** Whether the API server lets a request through, whatever comes of it; changes are dry runs. */
async function isLetThrough(platform: Platform, cell: Cell, identity: Identity): Promise<boolean> {
  const { verb, namespace, resource } = cell;
  const { group, version, object } = minimalObject(resource);
  const place = { group, version, resource, namespace };
  if (verb === "get") return unlessForbidden(platform.cluster.get({ ...place, name: "none" }, identity));
  if (verb === "list") return unlessForbidden(platform.cluster.list(place, identity));
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  if (verb === "create") {
    const apiVersion = group === "" ? version : `${group}/${version}`;
    const rehearsed = { apiVersion, ...object, metadata: { name: "rehearsed", namespace } };
    const made = await platform.cluster.create(rehearsed, identity, { dryRun: true });
    return made.ok || made.failure.kind !== "forbidden";
  }
  const name = verb === "deletecollection" ? "" : "/none";
  const { code } = await platform.bot.call(`${base}/namespaces/${namespace}/${resource}${name}?dryRun=All`, {
    method: verb === "patch" ? "PATCH" : "DELETE",
    ...(verb === "patch" && { type: "application/merge-patch+json", body: {} }),
    headers: { "Impersonate-User": identity.user, "Impersonate-Group": [...identity.groups] },
  });
  return code !== 403;
}

async function unlessForbidden(reading: Promise<unknown>): Promise<boolean> {
  try {
    await reading;
    return true;
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return false;
    throw error;
  }
}
