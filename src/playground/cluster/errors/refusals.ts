import type { ResourceType } from "../objects/resource-types.ts";
import { ApiError, type StatusDetails } from "./api-error.ts";
import type { StatusCause } from "./status-causes.ts";

type Named = Pick<ResourceType, "group" | "resource">;

/** "pods" or "pytorchjobs.kubeflow.org". */
export function qualifiedResource(type: Named): string {
  return type.group === "" ? type.resource : `${type.resource}.${type.group}`;
}

function detailsOf(type: Named, name: string): StatusDetails {
  return {
    ...(name === "" ? {} : { name }),
    ...(type.group === "" ? {} : { group: type.group }),
    kind: type.resource,
  };
}

export const notFound = (type: Named, name: string): ApiError =>
  new ApiError(404, "NotFound", `${qualifiedResource(type)} "${name}" not found`, detailsOf(type, name));

export const pathNotFound = (): ApiError =>
  new ApiError(404, "NotFound", "the server could not find the requested resource", {});

export const alreadyExists = (type: Named, name: string): ApiError =>
  new ApiError(
    409,
    "AlreadyExists",
    `${qualifiedResource(type)} "${name}" already exists`,
    detailsOf(type, name),
  );

export const conflict = (type: Named, name: string, message: string): ApiError =>
  new ApiError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${qualifiedResource(type)} "${name}": ${message}`,
    detailsOf(type, name),
  );

export const staleObject = (type: Named, name: string): ApiError =>
  conflict(
    type,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );

/** Server-side apply met fields of other managers. */
export function conflictingFields(conflicts: readonly { manager: string; field: string }[]): ApiError {
  const managers = [...new Set(conflicts.map(({ manager }) => manager))];
  const listed = managers.map((manager) => {
    const fields = conflicts.filter((one) => one.manager === manager).map(({ field }) => field);
    return fields.length === 1
      ? `conflict with "${manager}": ${fields[0]}`
      : `conflicts with "${manager}":\n${fields.map((field) => `- ${field}`).join("\n")}`;
  });
  return new ApiError(
    409,
    "Conflict",
    `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? "" : "s"}: ${listed.join("\n")}`,
    {
      causes: conflicts.map(({ manager, field }) => ({
        reason: "FieldManagerConflict",
        message: `conflict with "${manager}"`,
        field,
      })),
    },
  );
}

export function forbidden(
  type: Named,
  name: string,
  message: string,
  causes?: readonly Partial<StatusCause>[],
): ApiError {
  const subject = name === "" ? qualifiedResource(type) : `${qualifiedResource(type)} "${name}"`;
  return new ApiError(403, "Forbidden", `${subject} is forbidden: ${message}`, {
    ...detailsOf(type, name),
    ...(causes ? { causes } : {}),
  });
}

/** 422 with one cause per field. */
export function invalid(
  type: { group: string; kind: string },
  name: string,
  causes: readonly StatusCause[],
): ApiError {
  const listed = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = listed.length === 1 ? listed[0] : `[${listed.join(", ")}]`;
  const qualifiedKind = type.group === "" ? type.kind : `${type.kind}.${type.group}`;
  return new ApiError(422, "Invalid", `${qualifiedKind} "${name}" is invalid: ${text}`, {
    ...(name === "" ? {} : { name }),
    ...(type.group === "" ? {} : { group: type.group }),
    ...(type.kind === "" ? {} : { kind: type.kind }),
    causes,
  });
}

export const badRequest = (message: string): ApiError => new ApiError(400, "BadRequest", message);

export const unauthorized = (): ApiError => new ApiError(401, "Unauthorized", "Unauthorized");

export const wrongHost = (): ApiError =>
  new ApiError(403, "Forbidden", "this server answers for 127.0.0.1 only");

export const methodNotAllowed = (): ApiError =>
  new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );

export const expired = (message: string, continueToken?: string): ApiError =>
  new ApiError(410, "Expired", message, {}, continueToken);

/** 504: a version that this server has not reached. */
export const tooNew = (wanted: number, current: number): ApiError =>
  new ApiError(504, "Timeout", `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });

export const tooLarge = (limitBytes: number): ApiError =>
  new ApiError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limitBytes}`);

/** RFC 6902 did not fit; the API server does not say where. */
export const unapplicablePatch = (): ApiError =>
  new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});

export const unsupportedPatch = (): ApiError =>
  new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});

export const unsupportedMediaType = (accepted: readonly string[]): ApiError =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

export const internalError = (message: string): ApiError =>
  new ApiError(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
