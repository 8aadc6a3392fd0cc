import { invalidArgument } from "./pipelines-error.ts";
import { isObject } from "./pipeline-spec.ts";

const DEFAULT_PAGE_SIZE = 20;
const LARGEST_PAGE_SIZE = 200;

type Row = Record<string, unknown>;

/** One page, sorted and filtered as the query says. The token is opaque and good for the same query only. */
export function listPage(rows: readonly Row[], query: URLSearchParams, keys: readonly string[]) {
  const matching = rows
    .filter(filterOf(query.get("filter"), keys))
    .toSorted(orderOf(query.get("sort_by"), keys));
  const size = Number(query.get("page_size") ?? "0");
  if (!Number.isInteger(size) || size < 0)
    throw invalidArgument("Invalid input error: The page size should be greater than 0");
  const limit = size === 0 ? DEFAULT_PAGE_SIZE : Math.min(size, LARGEST_PAGE_SIZE);
  const from = readToken(query);
  const items = matching.slice(from, from + limit);
  const next = from + limit < matching.length ? writeToken(query, from + limit) : undefined;
  return { items, total: matching.length, next };
}

/** What a token belongs to. */
const shapeOf = (query: URLSearchParams): string =>
  ["filter", "sort_by", "namespace", "experiment_id"].map((key) => query.get(key) ?? "").join("\n");

const writeToken = (query: URLSearchParams, from: number): string =>
  Buffer.from(JSON.stringify({ from, shape: shapeOf(query) })).toString("base64url");

function readToken(query: URLSearchParams): number {
  const token = query.get("page_token") ?? "";
  if (token === "") return 0;
  const read: unknown = parse(Buffer.from(token, "base64url").toString("utf8"));
  if (!isObject(read) || typeof read["from"] !== "number")
    throw invalidArgument("Invalid input error: Invalid package token");
  if (read["shape"] !== shapeOf(query))
    throw invalidArgument("Invalid input error: page token does not match the request's filter or order");
  return read["from"];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function orderOf(sortBy: string | null, keys: readonly string[]): (a: Row, b: Row) => number {
  const [key = "created_at", direction = "asc"] = (sortBy ?? "").trim().split(/\s+/).filter(Boolean);
  if (!keys.includes(key) || !["asc", "desc"].includes(direction))
    throw invalidArgument(`Invalid input error: Cannot sort by "${sortBy ?? ""}"`);
  const sign = direction === "desc" ? -1 : 1;
  return (a, b) => sign * String(a[key]).localeCompare(String(b[key]));
}

function filterOf(text: string | null, keys: readonly string[]): (row: Row) => boolean {
  if (text === null || text === "") return () => true;
  const filter = parse(text);
  const predicates = isObject(filter) ? (filter["predicates"] ?? []) : undefined;
  if (!Array.isArray(predicates)) throw invalidArgument("Invalid input error: failed to parse filter");
  const checks = predicates.map((predicate) => checkOf(predicate, keys));
  return (row) => checks.every((check) => check(row));
}

function checkOf(predicate: unknown, keys: readonly string[]): (row: Row) => boolean {
  const { key, operation, string_value: value, string_values: values } = isObject(predicate) ? predicate : {};
  if (typeof key !== "string" || !keys.includes(key))
    throw invalidArgument(
      `Invalid input error: no support for filtering on unrecognized field: "${String(key)}"`,
    );
  switch (operation) {
    case "EQUALS":
      return (row) => row[key] === value;
    case "NOT_EQUALS":
      return (row) => row[key] !== value;
    case "IS_SUBSTRING":
      return (row) => String(row[key]).includes(String(value));
    case "IN": {
      const wanted = isObject(values) && Array.isArray(values["values"]) ? values["values"] : [];
      return (row) => wanted.includes(row[key]);
    }
    default:
      throw invalidArgument(`Invalid input error: unsupported operation ${String(operation)}`);
  }
}
