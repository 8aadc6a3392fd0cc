import { parse } from "yaml";
import { ApiError, badRequest } from "./api-error.ts";

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The object after a patch of the given content type. Apply and strategic merge join lists by `name`; managed fields are not kept. */
export function applyPatch(contentType: string, body: string, before: Json): Json {
  switch ((contentType.split(";")[0] ?? "").trim()) {
    case "application/merge-patch+json":
      return asObject(mergePatch(before, parseJson(body), false));
    case "application/strategic-merge-patch+json":
      return asObject(mergePatch(before, parseJson(body), true));
    case "application/apply-patch+yaml":
      return asObject(mergePatch(before, parseYaml(body), true));
    case "application/json-patch+json":
      return asObject(jsonPatch(before, parseJson(body)));
    default:
      throw new ApiError(
        415,
        "UnsupportedMediaType",
        `the body of the request was in an unknown format: ${contentType}`,
      );
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 50 }) as unknown;
  } catch (error) {
    throw badRequest(`the body is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function asObject(value: unknown): Json {
  if (!isObject(value)) throw badRequest("the patched result is not an object");
  return value;
}

/** RFC 7396. */
function mergePatch(target: unknown, patch: unknown, byName: boolean): unknown {
  if (
    byName &&
    Array.isArray(patch) &&
    Array.isArray(target) &&
    [...patch, ...target].every((item) => isObject(item) && typeof item["name"] === "string")
  ) {
    const items = new Map((target as Json[]).map((item) => [item["name"], item]));
    for (const item of patch as Json[])
      items.set(item["name"], asObject(mergePatch(items.get(item["name"]) ?? {}, item, byName)));
    return [...items.values()];
  }
  if (!isObject(patch)) return patch;
  const result: Json = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key === "__proto__") continue;
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value, byName);
  }
  return result;
}

/** RFC 6902: add, remove, replace, test, move, copy. */
function jsonPatch(before: Json, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw badRequest("a JSON patch is a list of operations");
  let document: unknown = structuredClone(before);
  for (const operation of operations as unknown[]) {
    if (!isObject(operation) || typeof operation["path"] !== "string")
      throw badRequest("an operation needs op and path");
    const { op, path, from } = operation as { op?: unknown; path: string; from?: unknown };
    if (op === "test") {
      if (JSON.stringify(readPointer(document, path)) !== JSON.stringify(operation["value"]))
        throw new ApiError(
          422,
          "Invalid",
          `the server rejected our request due to an error in our request: testing value ${path} failed`,
        );
      continue;
    }
    let value = operation["value"];
    if (op === "move" || op === "copy") {
      if (typeof from !== "string") throw badRequest("an operation needs from");
      value = structuredClone(readPointer(document, from));
      if (op === "move") document = writePointer(document, from, "remove", undefined);
    } else if (op !== "add" && op !== "replace" && op !== "remove")
      throw badRequest(`unknown operation ${String(op)}`);
    document = writePointer(
      document,
      path,
      op === "remove" ? "remove" : op === "replace" ? "replace" : "add",
      value,
    );
  }
  return document;
}

function tokens(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw badRequest(`not a JSON pointer: ${pointer}`);
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function child(node: unknown, key: string): unknown {
  if (Array.isArray(node)) return node[Number(key)];
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
}

const readPointer = (document: unknown, pointer: string) => tokens(pointer).reduce(child, document);

function writePointer(
  document: unknown,
  pointer: string,
  op: "add" | "remove" | "replace",
  value: unknown,
): unknown {
  const path = tokens(pointer);
  const last = path.pop();
  if (last === undefined) return value;
  const holder = path.reduce(child, document);
  if (Array.isArray(holder)) {
    const index = last === "-" ? holder.length : Number(last);
    if (
      !Number.isInteger(index) ||
      index < 0 ||
      index > holder.length ||
      (op !== "add" && index === holder.length)
    )
      throw new ApiError(422, "Invalid", `the path ${pointer} does not exist`);
    if (op === "add") holder.splice(index, 0, value);
    else if (op === "remove") holder.splice(index, 1);
    else holder[index] = value;
  } else if (isObject(holder) && last !== "__proto__") {
    if (op !== "add" && !Object.hasOwn(holder, last))
      throw new ApiError(422, "Invalid", `the path ${pointer} does not exist`);
    if (op === "remove") delete holder[last];
    else holder[last] = value;
  } else throw new ApiError(422, "Invalid", `the path ${pointer} does not exist`);
  return document;
}
