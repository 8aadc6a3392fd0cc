import type { StageParameter } from "../ports.ts";

export type ObjectPath = StageParameter["path"];
type Node = Record<string, unknown> | unknown[];

/**
 * "spec.containers[pytorch].env[LR].value": a bracket holds an index, the `name` of a list's element, or a quoted field
 * (`limits["nvidia.com/gpu"]`). Undefined when it is not such a path.
 */
export function parsePath(text: string): ObjectPath | undefined {
  const path: (string | number | Record<string, string>)[] = [];
  const part = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\["([^"\]]+)"\]|\[([^\]"]+)\]/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, field, index, quoted, name] = match;
    if (field !== undefined) path.push(field);
    else if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) path.push(quoted);
    else path.push({ name: name ?? "" });
  }
  return path.length === 0 || path.includes("__proto__") ? undefined : path;
}

/** Reads the value at a path; undefined where the path does not exist. */
export function readPath(object: unknown, path: ObjectPath): unknown {
  let node: unknown = object;
  for (const segment of path) {
    if (node === null || typeof node !== "object") return undefined;
    node =
      typeof segment === "object"
        ? Array.isArray(node)
          ? node.find((item) => isMatch(item, segment))
          : undefined
        : Object.hasOwn(node, segment)
          ? (node as Record<string | number, unknown>)[segment]
          : undefined;
  }
  return node;
}

/** Sets the value at a path, making what is missing on the way; `{name: "X"}` picks (or adds) that element of a list. */
export function writePath(object: Record<string, unknown>, path: ObjectPath, value: unknown): void {
  let node: Node = object;
  path.forEach((segment, index) => {
    const last = index === path.length - 1;
    const next = path[index + 1];
    if (typeof segment === "object") {
      if (!Array.isArray(node) || last)
        throw new TypeError(`path element ${index} needs a list and a field in it`);
      let item = node.find((candidate) => isMatch(candidate, segment)) as Node | undefined;
      if (item === undefined) {
        item = { ...segment };
        node.push(item);
      }
      node = item;
      return;
    }
    if (segment === "__proto__") throw new TypeError("not a field");
    const holder = node as Record<string | number, unknown>;
    if (last) {
      holder[segment] = value;
      return;
    }
    const child = Object.hasOwn(holder, segment) ? holder[segment] : undefined;
    if (child === null || typeof child !== "object") {
      holder[segment] = typeof next === "number" || typeof next === "object" ? [] : {};
    }
    node = holder[segment] as Node;
  });
}

/** "spec.containers[pytorch].env[LR].value" */
export function formatPath(path: ObjectPath): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "string" && !/^[A-Za-z_][\w-]*$/.test(segment)) text += `["${segment}"]`;
    else if (typeof segment === "string") text += text === "" ? segment : `.${segment}`;
    else if (typeof segment === "number") text += `[${segment}]`;
    else text += `[${Object.values(segment).join(",")}]`;
  }
  return text;
}

function isMatch(item: unknown, match: Readonly<Record<string, string>>): boolean {
  return (
    item !== null &&
    typeof item === "object" &&
    Object.entries(match).every(([key, value]) => (item as Record<string, unknown>)[key] === value)
  );
}
