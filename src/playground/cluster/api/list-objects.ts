import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { apiVersionOf } from "../objects/resource-types.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { objectKey } from "../store/object-store.ts";
import { badRequest, expired, invalid, tooNew } from "../errors/refusals.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";
import { forbiddenField } from "../errors/status-causes.ts";
import { isTrue, type ResourceRequest } from "./parse-resource-request.ts";

export interface ObjectList {
  kind: string;
  apiVersion: string;
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: readonly KubernetesObject[];
}

/** Where a list goes on: at a version, from a key. Without a version: with whatever is there now. */
interface Position {
  resourceVersion?: number;
  start: string;
}

/** The request's selectors as one test; throws 400 for what is no selector. */
export function selectorOf({ type, query }: ResourceRequest): (object: KubernetesObject) => boolean {
  const byLabel = parseLabelSelector(query.get("labelSelector") ?? "");
  const byField = parseFieldSelector(query.get("fieldSelector") ?? "", type);
  return (object) => byLabel(object.metadata.labels ?? {}) && byField(object);
}

/** One page of a list; all pages show the same version. Throws 410 when that version is not known any more. */
export function listObjects(store: ObjectStore, request: ResourceRequest): ObjectList {
  const { type, query } = request;
  const matches = selectorOf(request);
  const limit = readLimit(query);
  const token = query.get("continue") ?? "";
  const position = token === "" ? undefined : readToken(token);
  const version = position ? position.resourceVersion : wantedVersion(store, query);
  const all = objectsAt(store, request, version, position);
  const found = all
    .filter(matches)
    .filter((object) => position === undefined || keyOf(object) >= position.start);
  const items = limit > 0 ? found.slice(0, limit) : found;
  const next = found[items.length];
  const resourceVersion = version ?? store.resourceVersion();
  const isSelected = query.get("labelSelector") || query.get("fieldSelector");
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata: {
      resourceVersion: String(resourceVersion),
      ...(next && {
        continue: writeToken({ resourceVersion, start: keyOf(next) }),
        ...(!isSelected && { remainingItemCount: found.length - items.length }),
      }),
    },
    items,
  };
}

function objectsAt(
  store: ObjectStore,
  { type, namespace }: ResourceRequest,
  version: number | undefined,
  position: Position | undefined,
): readonly KubernetesObject[] {
  const current = store.list(type.storage, namespace);
  if (version === undefined || version === store.resourceVersion()) return current;
  const past = store.history.listAt(type.storage, version, store.list(type.storage));
  if (!past) {
    if (!position) throw expired("The resourceVersion for the provided list is too old.");
    throw expired(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
      writeToken({ start: position.start }),
    );
  }
  return namespace === undefined ? past : past.filter((object) => object.metadata.namespace === namespace);
}

function readLimit(query: URLSearchParams): number {
  const text = query.get("limit") ?? "0";
  if (!/^-?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Only `Exact` asks for the past; every other version is a lower bound that the present meets. */
function wantedVersion(store: ObjectStore, query: URLSearchParams): number | undefined {
  const text = query.get("resourceVersion") ?? "";
  if (!/^\d*$/.test(text))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  if (text === "" && query.get("resourceVersionMatch") !== null && !isTrue(query.get("sendInitialEvents")))
    throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", [
      forbiddenField(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden unless resourceVersion is provided",
      ),
    ]);
  const version = Number(text);
  if (version > store.resourceVersion()) throw tooNew(version, store.resourceVersion());
  return query.get("resourceVersionMatch") === "Exact" ? version : undefined;
}

const keyOf = ({ metadata }: KubernetesObject): string => objectKey(metadata.namespace, metadata.name);

const writeToken = (position: Position): string =>
  Buffer.from(JSON.stringify(position)).toString("base64url");

function readToken(token: string): Position {
  try {
    const position = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as Position;
    if (typeof position.start === "string" && typeof (position.resourceVersion ?? 0) === "number")
      return position;
  } catch {
    // Answered below.
  }
  throw badRequest("invalid continue token: continue key is not valid: it was not given out by this server");
}
