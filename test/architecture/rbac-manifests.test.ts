import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { createEngines } from "#src/actions/training/create-engines.ts";
import { isSystemName } from "#src/actions/policy.ts";
import { readFiles } from "./source-files.ts";

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}
interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: Rule[];
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string }[];
}

const manifests = readFiles("deploy/rbac", ".yaml").flatMap(({ text }) =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest),
);
const roles = manifests.filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
const bindings = manifests.filter(({ kind }) => kind.endsWith("Binding"));
const rules = roles.flatMap((role) => role.rules ?? []);
const rulesOf = (name: string): Rule[] => roles.find(({ metadata }) => metadata.name === name)?.rules ?? [];
const grants = (name: string): string[] =>
  rulesOf(name)
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
      ),
    )
    .toSorted();
const engines = [
  ...createEngines(new Map(), {
    rayDashboard: {} as Parameters<typeof createEngines>[1]["rayDashboard"],
  }).values(),
];

describe("the rights in deploy/rbac", () => {
  it("let Jibsa's own account watch what its engines watch, and nothing else", () => {
    const watched = engines
      .flatMap((engine) => engine.watched)
      .flatMap(({ group, resource }) => [`list ${resource}.${group}`, `watch ${resource}.${group}`]);

    expect(grants("jibsa-watches")).toEqual([...new Set(watched)].toSorted());
  });

  it("let people start, change and end what each engine makes", () => {
    const needed = engines
      .flatMap((engine) => engine.watched)
      .flatMap(({ group, resource }) =>
        ["create", "patch", "delete"].map((verb) => `${verb} ${resource}.${group}`),
      );

    expect(needed.length).toBeGreaterThan(0);
    expect(grants("jibsa-trains")).toEqual(expect.arrayContaining(needed));
  });

  it("name whom Jibsa may become, and nobody of the system", () => {
    const impersonating = rules.filter(({ verbs }) => verbs.includes("impersonate"));
    const names = impersonating.flatMap(({ resourceNames = [] }) => resourceNames);

    expect(impersonating.map(({ resources }) => resources)).toEqual([["groups"], ["users"]]);
    for (const { resourceNames = [] } of impersonating) expect(resourceNames.length).toBeGreaterThan(0);
    expect(names.filter(isSystemName)).toEqual([]);
  });

  it("give nothing by a wildcard, no secrets, and no rights over rights", () => {
    for (const { apiGroups, resources, verbs } of rules) {
      expect([...apiGroups, ...resources, ...verbs]).not.toContain("*");
      expect(resources).not.toContain("secrets");
      expect(apiGroups).not.toContain("rbac.authorization.k8s.io");
    }
  });

  it("are bound, each to groups that Jibsa may become or to its own account", () => {
    const [groups] = rulesOf("jibsa-impersonates").map(({ resourceNames = [] }) => resourceNames);
    const bound = bindings.map(({ roleRef }) => `${roleRef?.kind} ${roleRef?.name}`);
    const strangers = bindings
      .flatMap(({ subjects = [] }) => subjects)
      .filter(({ kind, name }) => (kind === "ServiceAccount" ? name !== "jibsa" : !groups?.includes(name)));

    expect(bound.toSorted()).toEqual(
      roles.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted(),
    );
    expect(strangers).toEqual([]);
  });
});
