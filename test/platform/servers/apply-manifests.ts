import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { waitUntil } from "#test/wait-until.ts";
import type { KubernetesClient, ObjectToApply } from "../kubernetes-client.ts";
import { START_TIMEOUT_MS } from "./wait-for-server.ts";

interface Conditions {
  status?: { conditions?: { type: string; status: string }[] };
}

/** Applies every custom resource definition in the folder and waits until each is served. */
export async function applyManifests(admin: KubernetesClient, folder: string): Promise<void> {
  const texts = yamlFiles(folder)
    .map((file) => readFileSync(file, "utf8"))
    .filter((text) => /^kind: CustomResourceDefinition$/m.test(text));
  await Promise.all(
    texts.map(async (text) => {
      await admin.applyText(text);
      const name = /^ {2}name: (\S+)/m.exec(text)?.[1] ?? "";
      await waitUntil(
        `${name} to be established`,
        async () => {
          const { status } = (await admin.must(
            `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
          )) as Conditions;
          return status?.conditions?.some(({ type, status: is }) => type === "Established" && is === "True");
        },
        START_TIMEOUT_MS,
        100,
      );
    }),
  );
}

export function yamlFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return path.endsWith(".yaml") ? [path] : [];
  return readdirSync(path)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => yamlFiles(join(path, name)));
}

/** The objects of a YAML file; an empty document is none. */
export function readObjects(file: string): ObjectToApply[] {
  return parseAllDocuments(readFileSync(file, "utf8"))
    .map((document) => document.toJS() as ObjectToApply | null)
    .filter((object) => object !== null);
}
