import { parseAllDocuments } from "yaml";
import { canonicalJson } from "../../../store/audit.ts";
import { createExpansion, type Expansion } from "./expand-placeholders.ts";

export interface Found {
  /** Where in the object, for people. */
  path: string;
  value: string;
}

/** Everything of an object that its pods could reach more with than they should. */
export interface Contents {
  namespaces: readonly Found[];
  images: readonly Found[];
  serviceAccounts: readonly Found[];
  claims: readonly Found[];
  /** Volumes that lie outside of the cluster's own kinds: NFS, CSI and the like. */
  volumes: readonly Found[];
  hostPaths: readonly Found[];
  hostNamespaces: readonly Found[];
  privileges: readonly Found[];
  /** What cannot be told before it runs: texts that are no YAML, values that are no texts. */
  unreadable: readonly Found[];
}

type Collected = { -readonly [Kind in keyof Contents]: Found[] };

/** Fields whose text is read as an object by whoever gets it. */
const OBJECTS_AS_TEXT = new Set(["manifest", "podspecpatch", "runtimeenvyaml"]);
const HOST_NAMESPACES = new Set(["hostnetwork", "hostpid", "hostipc"]);
/** People's own words, read by nobody as anything else. */
const NOT_READ = new Set(["labels", "annotations", "nodeselector", "matchlabels"]);
const SAFE_VOLUMES = new Set([
  "emptydir",
  "persistentvolumeclaim",
  "configmap",
  "secret",
  "projected",
  "downwardapi",
  "ephemeral",
  "image",
]);
/** Pod Security's "baseline", and what RDMA needs. */
const SAFE_CAPABILITIES = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID IPC_LOCK KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT SYS_NICE".split(
    " ",
  ),
);
const MAX_DEPTH = 60;

/**
 * Looks at every field of an object, whatever kind it is, so that a pod is found in a replica spec, a trial, a graph's step, a
 * patch and a manifest alike. Names of fields count without their case: not every reader minds it. Pure.
 */
export function readContents(object: unknown): Contents {
  const collected: Collected = {
    namespaces: [],
    images: [],
    serviceAccounts: [],
    claims: [],
    volumes: [],
    hostPaths: [],
    hostNamespaces: [],
    privileges: [],
    unreadable: [],
  };
  visit(object, "", 0, { collected, expansion: createExpansion(object) });
  return collected;
}

interface Reading {
  collected: Collected;
  expansion: Expansion;
}

function visit(node: unknown, path: string, depth: number, reading: Reading): void {
  if (node === null || typeof node !== "object") return;
  const { unreadable } = reading.collected;
  if (depth > MAX_DEPTH) {
    unreadable.push({ path, value: "nested too deeply" });
    return;
  }
  if (Array.isArray(node)) {
    node.forEach((item: unknown, index) => {
      const name = (item as { name?: unknown } | null)?.name;
      visit(item, `${path}[${typeof name === "string" ? name : index}]`, depth + 1, reading);
    });
    return;
  }
  for (const [field, value] of Object.entries(node)) {
    const here = path === "" ? field : `${path}.${field}`;
    const name = field.toLowerCase();
    if (NOT_READ.has(name) || value === null || value === undefined) continue;
    look(name, value, here, path, reading);
    if (OBJECTS_AS_TEXT.has(name)) readText(value, here, depth, reading);
    else visit(value, here, depth + 1, reading);
  }
}

/** What one field says. */
function look(name: string, value: unknown, here: string, parent: string, reading: Reading): void {
  const { collected } = reading;
  const texts = (kind: keyof Collected) => collected[kind].push(...textsOf(value, here, reading));
  if (name === "image" && typeof value === "object" && value !== null)
    // A volume made of an image.
    collected.images.push(...textsOf((value as { reference?: unknown }).reference, here, reading));
  else if (name === "image" || name === "image_uri") texts("images");
  else if (name === "serviceaccountname" || name === "serviceaccount") texts("serviceAccounts");
  else if (name === "claimname") texts("claims");
  else if (name === "namespace" && /(^|\.)metadata$/i.test(parent)) texts("namespaces");
  else if (name === "hostpath") collected.hostPaths.push({ path: here, value: describe(value) });
  else if (HOST_NAMESPACES.has(name) && value !== false)
    collected.hostNamespaces.push({ path: here, value: describe(value) });
  else if ((name === "privileged" || name === "hostprocess") && value !== false)
    collected.privileges.push({ path: here, value: describe(value) });
  else if (name === "procmount" && value !== "Default")
    collected.privileges.push({ path: here, value: describe(value) });
  else if (name === "add" && /\.capabilities$/i.test(parent)) lookAtCapabilities(value, here, collected);
  else if (name === "volumes" && Array.isArray(value)) lookAtVolumes(value, here, collected);
  else if (name === "parameters" && Array.isArray(value)) lookAtParameters(value, here, reading);
}

function lookAtCapabilities(value: unknown, here: string, collected: Collected): void {
  for (const capability of Array.isArray(value) ? value : [value])
    if (!SAFE_CAPABILITIES.has(String(capability).toUpperCase().replace(/^CAP_/, "")))
      collected.privileges.push({ path: here, value: describe(capability) });
}

function lookAtVolumes(volumes: readonly unknown[], here: string, collected: Collected): void {
  for (const volume of volumes)
    for (const [kind, source] of Object.entries((volume ?? {}) as Record<string, unknown>)) {
      const name = kind.toLowerCase();
      if (name === "name" || name === "hostpath" || SAFE_VOLUMES.has(name)) continue;
      collected.volumes.push({ path: here, value: `${kind} ${canonicalJson(source)}` });
    }
}

/** What a workflow hands to a template that is only referred to: a parameter named after an image becomes one. */
function lookAtParameters(parameters: readonly unknown[], here: string, reading: Reading): void {
  for (const parameter of parameters) {
    const { name, value } = (parameter ?? {}) as { name?: unknown; value?: unknown };
    if (typeof name === "string" && /(^|[-_])image$/i.test(name) && value !== undefined)
      reading.collected.images.push(...textsOf(value, `${here}[${name}]`, reading));
  }
}

/** Every text that a field's value may become. */
function textsOf(value: unknown, path: string, { collected, expansion }: Reading): readonly Found[] {
  if (typeof value === "string") {
    const texts = expansion(value);
    if (texts !== undefined) return texts.map((text) => ({ path, value: text }));
  }
  if (value !== undefined) collected.unreadable.push({ path, value: describe(value) });
  return [];
}

function readText(value: unknown, path: string, depth: number, reading: Reading): void {
  const { unreadable } = reading.collected;
  if (typeof value !== "string") {
    visit(value, path, depth + 1, reading);
    return;
  }
  const texts = reading.expansion(value);
  for (const text of texts ?? []) {
    const documents = parseAllDocuments(text, { logLevel: "error" });
    for (const document of documents) {
      const content: unknown =
        document.errors.length > 0 ? undefined : toValue(() => document.toJS({ maxAliasCount: 100 }));
      if (content !== undefined) visit(content, path, depth + 1, reading);
      else unreadable.push({ path, value: describe(text) });
    }
  }
  if (texts === undefined) unreadable.push({ path, value: describe(value) });
}

/** Undefined for a text with more aliases than anybody writes. */
function toValue(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

const describe = (value: unknown): string => (typeof value === "string" ? value : canonicalJson(value));
