import type { PlatformObject, Stage } from "../../ports.ts";
import { writePath } from "../object-path.ts";
import { readContents, type Contents, type Found } from "./read-contents.ts";

export type SafetyRule =
  | "namespace"
  | "image"
  | "service-account"
  | "claim"
  | "volume"
  | "host-path"
  | "host-namespaces"
  | "privileged"
  /** It cannot be told before it runs what this becomes. */
  | "unreadable";

/** What objects may contain. A list that is left out: what the catalogue's own templates contain. */
export interface SafetySettings {
  /** Default: those of the stages. */
  namespaces?: readonly string[] | undefined;
  /** Registries, repositories or whole images; "registry.example.com/team" covers everything below it. */
  images?: readonly string[] | undefined;
  serviceAccounts?: readonly string[] | undefined;
  /** PersistentVolumeClaims. */
  claims?: readonly string[] | undefined;
  /** What is refused otherwise, even to templates. */
  allow?: readonly ("host-path" | "host-namespaces" | "privileged")[];
}

export interface SafetyViolation {
  rule: SafetyRule;
  path: string;
  value: string;
  /** At most ten of what is allowed instead. */
  allowed: readonly string[];
}

const LISTED = [
  ["namespace", "namespaces"],
  ["image", "images"],
  ["service-account", "serviceAccounts"],
  ["claim", "claims"],
  ["volume", "volumes"],
  ["unreadable", "unreadable"],
] as const;
const POWERS = [
  ["host-path", "hostPaths"],
  ["host-namespaces", "hostNamespaces"],
  ["privileged", "privileges"],
] as const;

/** Everything that is not allowed about an object that is to be sent. Pure; the same when it is planned and when it is carried out. */
export function checkObjectSafety(
  object: PlatformObject,
  { settings, stages }: { settings: SafetySettings; stages: readonly Stage[] },
): readonly SafetyViolation[] {
  const contents = readContents(object);
  const own = ownContents(stages);
  const violations: SafetyViolation[] = [];
  for (const [rule, kind] of LISTED) {
    const listed = kind === "volumes" || kind === "unreadable" ? undefined : settings[kind];
    const isAllowed =
      listed === undefined ? (value: string) => own[kind].has(value) : matcherOf(rule, listed);
    const allowed = [...(listed ?? (rule === "unreadable" || rule === "volume" ? [] : own[kind]))].slice(
      0,
      10,
    );
    for (const { path, value } of contents[kind])
      if (!isAllowed(value)) violations.push({ rule, path, value, allowed });
  }
  for (const [rule, kind] of POWERS)
    if (settings.allow?.includes(rule) !== true)
      violations.push(...contents[kind].map((found: Found) => ({ rule, ...found, allowed: [] })));
  return violations;
}

function matcherOf(rule: SafetyRule, listed: readonly string[]): (value: string) => boolean {
  return rule === "image"
    ? (value) => listed.some((entry) => coversImage(entry, value))
    : (value) => listed.includes(value);
}

/** An entry ends where a part of the image's name does: no "registry.example.com.elsewhere", no other port. */
function coversImage(entry: string, image: string): boolean {
  if (!image.startsWith(entry)) return false;
  const rest = image.slice(entry.length);
  if (rest === "" || entry.endsWith("/")) return true;
  return rest.startsWith("/") || rest.startsWith("@") || (rest.startsWith(":") && !rest.includes("/"));
}

type Own = Readonly<Record<keyof Contents, ReadonlySet<string>>>;
const owns = new WeakMap<readonly Stage[], Own>();
const MAX_COMBINATIONS = 500;

/** What the catalogue itself contains: its templates with their defaults, and with every choice that they offer. */
function ownContents(stages: readonly Stage[]): Own {
  const known = owns.get(stages);
  if (known !== undefined) return known;
  const all = stages.flatMap((stage) => [
    ...variantsOf(stage).map(readContents),
    readContents({ metadata: { namespace: stage.namespace } }),
  ]);
  const valuesOf = (kind: keyof Contents) =>
    new Set(all.flatMap((contents) => contents[kind].map(({ value }) => value)));
  const own: Own = {
    namespaces: valuesOf("namespaces"),
    images: valuesOf("images"),
    serviceAccounts: valuesOf("serviceAccounts"),
    claims: valuesOf("claims"),
    volumes: valuesOf("volumes"),
    hostPaths: valuesOf("hostPaths"),
    hostNamespaces: valuesOf("hostNamespaces"),
    privileges: valuesOf("privileges"),
    unreadable: valuesOf("unreadable"),
  };
  owns.set(stages, own);
  return own;
}

/** The template as it is, and with the choices of those parameters that change what it contains. */
function variantsOf(stage: Stage): readonly unknown[] {
  const plain = JSON.stringify(readContents(stage.template));
  // A path that does not fit its template makes this stage fail by itself, and no other.
  const isReadable = stage.parameters.every(({ path }) => fits(stage.template, path));
  if (!isReadable) return [stage.template];
  const withValue = (template: unknown, path: Stage["parameters"][number]["path"], value: unknown) => {
    const changed = structuredClone(template) as Record<string, unknown>;
    writePath(changed, path, value);
    return changed;
  };
  let variants: unknown[] = [stage.template];
  for (const { path, choices, default: standard } of stage.parameters) {
    const values = choices ?? [standard];
    const matters = values.some(
      (value) => JSON.stringify(readContents(withValue(stage.template, path, value))) !== plain,
    );
    if (!matters || variants.length * values.length > MAX_COMBINATIONS) continue;
    variants = variants.flatMap((variant) => values.map((value) => withValue(variant, path, value)));
  }
  return [stage.template, ...variants];
}

function fits(template: Stage["template"], path: Stage["parameters"][number]["path"]): boolean {
  try {
    writePath(structuredClone(template) as Record<string, unknown>, path, "");
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
