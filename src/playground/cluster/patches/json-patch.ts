import { z } from "zod";
import { isJsonObject, isSameJson } from "../objects/kubernetes-object.ts";
import { ApiError } from "../errors/api-error.ts";
import { badRequest, unapplicablePatch } from "../errors/refusals.ts";

const MOST_OPERATIONS = 10_000;

const operationSchema = z.object({
  op: z.string(),
  path: z.string(),
  from: z.string().optional(),
  value: z.unknown().optional(),
});
type Operation = z.infer<typeof operationSchema>;

/** RFC 6902. A malformed patch answers 400, one that does not fit the object 422. The target is left as it is. */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  const parsed = z.array(operationSchema).safeParse(patch);
  if (!parsed.success) throw badRequest(`error decoding patch: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.length > MOST_OPERATIONS) {
    throw new ApiError(
      413,
      "RequestEntityTooLarge",
      `Request entity too large: The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${parsed.data.length}`,
    );
  }
  return parsed.data.reduce<unknown>(applyOperation, structuredClone(target));
}

function applyOperation(document: unknown, operation: Operation): unknown {
  const path = parsePointer(operation.path);
  switch (operation.op) {
    case "add":
      return write(document, path, structuredClone(operation.value), "insert");
    case "replace":
      readAt(document, path);
      return write(document, path, structuredClone(operation.value), "replace");
    case "remove":
      readAt(document, path);
      return write(document, path, undefined, "remove");
    case "test":
      if (!isSameJson(readAt(document, path), operation.value)) {
        throw unapplicablePatch();
      }
      return document;
    case "copy":
      return write(document, path, structuredClone(readAt(document, fromOf(operation))), "insert");
    case "move": {
      const from = fromOf(operation);
      if (path.length > from.length && from.every((step, index) => step === path[index])) {
        throw unapplicablePatch();
      }
      const value = readAt(document, from);
      return write(write(document, from, undefined, "remove"), path, value, "insert");
    }
    default:
      throw unapplicablePatch();
  }
}

function fromOf(operation: Operation): string[] {
  if (operation.from === undefined) throw badRequest(`error decoding patch: ${operation.op} needs "from"`);
  return parsePointer(operation.from);
}

function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw badRequest(`error decoding patch: invalid JSON pointer "${pointer}"`);
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function readAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const step of path) value = childOf(value, step);
  return value;
}

function childOf(parent: unknown, step: string): unknown {
  if (Array.isArray(parent) && isIndex(step) && Number(step) < parent.length) return parent[Number(step)];
  if (isJsonObject(parent) && Object.hasOwn(parent, step)) return parent[step];
  throw unapplicablePatch();
}

/** Changes the document in place (it is a copy) and answers it. */
function write(
  document: unknown,
  path: readonly string[],
  value: unknown,
  mode: "insert" | "replace" | "remove",
): unknown {
  const last = path.at(-1);
  if (last === undefined) return mode === "remove" ? undefined : value;
  const parent = readAt(document, path.slice(0, -1));
  if (Array.isArray(parent)) writeItem(parent, last, value, mode);
  else if (isJsonObject(parent) && last !== "__proto__") {
    if (mode === "remove") delete parent[last];
    else parent[last] = value;
  } else throw unapplicablePatch();
  return document;
}

function writeItem(
  items: unknown[],
  step: string,
  value: unknown,
  mode: "insert" | "replace" | "remove",
): void {
  const index = step === "-" && mode === "insert" ? items.length : isIndex(step) ? Number(step) : -1;
  const highest = mode === "insert" ? items.length : items.length - 1;
  if (index < 0 || index > highest) throw unapplicablePatch();
  if (mode === "insert") items.splice(index, 0, value);
  else if (mode === "remove") items.splice(index, 1);
  else items[index] = value;
}

const isIndex = (step: string): boolean => /^(0|[1-9]\d{0,8})$/.test(step);
