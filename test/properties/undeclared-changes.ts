import type { PlatformObject, Stage } from "#src/actions/ports.ts";
import { formatValue } from "#src/actions/training/stage-catalogue.ts";

type Path = readonly (string | number)[];

const OUR_LABELS = ["jibsa.dev/request-id", "jibsa.dev/owner", "jibsa.dev/stage"];
const OUR_ANNOTATIONS = ["jibsa.dev/requested-by", "jibsa.dev/expected-gpus"];
const LABEL_VALUE = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/;

/** Everything in which an object differs from its stage's template without leave, as "path: from -> to". */
export function undeclaredChanges(stage: Stage, object: PlatformObject): readonly string[] {
  const declared = stage.parameters.map(({ path }) => resolvePath(stage.template, path));
  const changes: string[] = [];
  const compare = (from: unknown, to: unknown, path: Path): void => {
    if (Object.is(from, to) || declared.some((allowed) => isBelow(path, allowed))) return;
    if (isContainer(from) || isContainer(to)) {
      // What one of them lacks is as if it were empty there: only leaves count.
      const before = isContainer(from) ? from : {};
      const after = isContainer(to) ? to : {};
      const isReplaced = (from !== undefined && !isContainer(from)) || (to !== undefined && !isContainer(to));
      if (isReplaced || (isContainer(from) && isContainer(to) && Array.isArray(from) !== Array.isArray(to)))
        changes.push(`${path.join("/")}: is no longer of its kind`);
      else
        for (const key of new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(after)]))
          if (typeof key === "string" && !(key === "length" && (Array.isArray(from) || Array.isArray(to))))
            compare(own(before, key), own(after, key), [...path, key]);
      return;
    }
    if (!isOurs(stage, path, from, to)) changes.push(`${path.join("/")}: ${show(from)} -> ${show(to)}`);
  };
  compare(stage.template, object, []);
  return changes;
}

const own = (holder: object, key: string): unknown =>
  Object.getOwnPropertyDescriptor(holder, key)?.value as unknown;
const isContainer = (value: unknown): value is object => value !== null && typeof value === "object";
const show = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 200);

/** Where a declared path leads in this template; an element that it adds comes last. */
export function resolvePath(template: unknown, path: Stage["parameters"][number]["path"]): Path {
  const resolved: (string | number)[] = [];
  let node: unknown = template;
  for (const segment of path) {
    let key: string;
    if (typeof segment === "object") {
      const list = Array.isArray(node) ? node : [];
      const at = list.findIndex((item: unknown) =>
        Object.entries(segment).every(([name, value]) => (item as Record<string, unknown>)[name] === value),
      );
      if (at === -1) return [...resolved, String(list.length)];
      key = String(at);
    } else key = String(segment);
    resolved.push(key);
    node = isContainer(node) ? own(node, key) : undefined;
  }
  return resolved;
}

const isBelow = (path: Path, allowed: Path): boolean =>
  allowed.every((segment, index) => String(path[index]) === String(segment));

/** What every object gets from us, and what an engine says in other words. */
function isOurs(stage: Stage, path: Path, from: unknown, to: unknown): boolean {
  const [first, second, third] = path;
  const last = String(path.at(-1));
  const at = path.join("/");
  if (at === "apiVersion" || at === "kind") return from === undefined && typeof to === "string";
  if (at === "metadata/name") return /^[a-z][a-z0-9-]*-r\d+$/.test(String(to));
  if (at === "metadata/namespace") return to === stage.namespace;
  if (first === "metadata" && second === "annotations" && path.length === 3)
    return OUR_ANNOTATIONS.includes(String(third));
  const holder = String(path.at(-3));
  if (path.at(-2) === "labels" && /^(pod)?metadata$/i.test(holder))
    return OUR_LABELS.includes(last) && typeof to === "string" && LABEL_VALUE.test(to);
  // The patch of a TrainJob that carries our labels to its pods.
  const added = `spec/runtimePatches/${listLength(stage, "runtimePatches")}`;
  if (at === `${added}/manager`) return to === "jibsa.dev/run";
  if (at === `${added}/trainingRuntimeSpec/template/spec/replicatedJobs/0/name`) return to === "node";
  // Katib takes numbers of its search space as texts.
  if (/^spec\/parameters\/\d+\/feasibleSpace\/(min|max|step|list\/\d+)$/.test(at))
    return typeof from === "number" && to === formatValue(from);
  return false;
}

function listLength(stage: Stage, field: string): number {
  const list = (stage.template["spec"] as Record<string, unknown> | undefined)?.[field];
  return Array.isArray(list) ? list.length : 0;
}
