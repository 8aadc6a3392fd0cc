import type { JsonObject } from "../objects/kubernetes-object.ts";
import { isJsonObject } from "../objects/kubernetes-object.ts";
import { mergeKeyOf } from "./strategic-merge.ts";

/**
 * The fields of an object one by one: path -> value. A path is a JSON list of steps as `fieldsV1` writes them: `f:spec`,
 * `k:{"name":"x"}` for an item that has a key, `v:"x"` for an item of a set; "." at the end stands for the item itself.
 */
export type FieldMap = ReadonlyMap<string, unknown>;

/** Written by the server alone: nobody owns them. */
const UNOWNED = new Set([
  "apiVersion",
  "kind",
  "metadata.name",
  "metadata.namespace",
  "metadata.generateName",
  "metadata.uid",
  "metadata.resourceVersion",
  "metadata.generation",
  "metadata.creationTimestamp",
  "metadata.deletionTimestamp",
  "metadata.deletionGracePeriodSeconds",
  "metadata.managedFields",
]);

export function listFields(object: object): FieldMap {
  const fields = new Map<string, unknown>();
  const visit = (value: unknown, path: readonly string[], field: string): void => {
    if (isJsonObject(value) && (Object.keys(value).length > 0 || path.length === 0)) {
      for (const [key, child] of Object.entries(value)) {
        if (child === undefined) continue;
        if (path.length < 2 && UNOWNED.has([...path.map((step) => step.slice(2)), key].join("."))) continue;
        visit(child, [...path, `f:${key}`], key);
      }
    } else if (Array.isArray(value) && field === "finalizers") {
      for (const item of value) fields.set(pathText([...path, `v:${JSON.stringify(item)}`]), item);
    } else if (Array.isArray(value) && isKeyed(field, value)) {
      const key = mergeKeyOf(field, value) ?? "";
      for (const item of value as JsonObject[]) {
        const step = `k:${JSON.stringify({ [key]: item[key] })}`;
        fields.set(pathText([...path, step, "."]), null);
        visit(item, [...path, step], "");
      }
    } else fields.set(pathText(path), value);
  };
  visit(object, [], "");
  return fields;
}

function isKeyed(field: string, items: readonly unknown[]): boolean {
  const key = mergeKeyOf(field, items);
  if (key === undefined || items.length === 0) return false;
  const keys = items.map((item) => (isJsonObject(item) ? item[key] : undefined));
  return !keys.includes(undefined) && new Set(keys).size === keys.length;
}

const pathText = (path: readonly string[]): string => JSON.stringify(path);

/** As `metadata.managedFields[].fieldsV1` nests them. */
export function toFieldsV1(paths: Iterable<string>): JsonObject {
  const root: JsonObject = {};
  for (const path of paths) {
    let node = root;
    for (const step of JSON.parse(path) as string[]) {
      const child = isJsonObject(node[step]) ? node[step] : {};
      node[step] = child;
      node = child;
    }
  }
  return root;
}

export function fromFieldsV1(fields: JsonObject | undefined): Set<string> {
  const paths = new Set<string>();
  const visit = (node: JsonObject, path: readonly string[]): void => {
    const children = Object.entries(node);
    if (children.length === 0 && path.length > 0) paths.add(pathText(path));
    for (const [step, child] of children) if (isJsonObject(child)) visit(child, [...path, step]);
  };
  visit(fields ?? {}, []);
  return paths;
}

/** ".spec.containers[name="x"].image", as conflicts name a field. */
export function describeField(path: string): string {
  return (JSON.parse(path) as string[])
    .filter((step) => step !== ".")
    .map((step) => {
      if (step.startsWith("f:")) return `.${step.slice(2)}`;
      if (step.startsWith("v:")) return `[=${step.slice(2)}]`;
      const [[key, value] = ["", ""]] = Object.entries(JSON.parse(step.slice(2)) as JsonObject);
      return `[${key}=${JSON.stringify(value)}]`;
    })
    .join("");
}

/** A copy without that field; emptied maps and lists go with it. */
export function withoutField(object: JsonObject, path: string): JsonObject {
  return (drop(object, JSON.parse(path) as string[]) ?? {}) as JsonObject;
}

function drop(value: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined || step === ".") return undefined;
  if (Array.isArray(value)) {
    const items = value.flatMap((item: unknown) => {
      if (!isStepTo(step, item)) return [item];
      const left = step.startsWith("v:") ? undefined : drop(item, rest);
      return left === undefined ? [] : [left];
    });
    return items.length === 0 ? undefined : items;
  }
  if (!isJsonObject(value)) return value;
  const key = step.slice(2);
  if (!Object.hasOwn(value, key)) return value;
  const { [key]: child, ...others } = value;
  const left = rest.length === 0 ? undefined : drop(child, rest);
  if (left !== undefined) return { ...others, [key]: left };
  return Object.keys(others).length === 0 ? undefined : others;
}

function isStepTo(step: string, item: unknown): boolean {
  if (step.startsWith("v:")) return JSON.stringify(item) === step.slice(2);
  const keys = Object.entries(JSON.parse(step.slice(2)) as JsonObject);
  return isJsonObject(item) && keys.every(([key, value]) => item[key] === value);
}
