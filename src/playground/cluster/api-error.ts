/** A refusal in the API's own form, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly details: Record<string, unknown> | undefined;
  constructor(code: number, reason: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
  toStatus(): Record<string, unknown> {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      reason: this.reason,
      ...(this.details !== undefined && { details: this.details }),
      code: this.code,
    };
  }
}

interface Named {
  group: string;
  resource: string;
}
const qualified = ({ group, resource }: Named) => (group === "" ? resource : `${resource}.${group}`);

export const notFound = (type: Named, name: string) =>
  new ApiError(404, "NotFound", `${qualified(type)} "${name}" not found`, {
    name,
    group: type.group,
    kind: type.resource,
  });
export const alreadyExists = (type: Named, name: string) =>
  new ApiError(409, "AlreadyExists", `${qualified(type)} "${name}" already exists`, {
    name,
    group: type.group,
    kind: type.resource,
  });
export const conflict = (type: Named, name: string, why: string) =>
  new ApiError(409, "Conflict", `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`, {
    name,
    group: type.group,
    kind: type.resource,
  });
export const badRequest = (message: string) => new ApiError(400, "BadRequest", message);
export const gone = (message: string) => new ApiError(410, "Expired", message);
export const invalid = (
  kind: string,
  group: string,
  name: string,
  causes: readonly { field: string; message: string }[],
) =>
  new ApiError(
    422,
    "Invalid",
    `${kind}${group === "" ? "" : `.${group}`} "${name}" is invalid: ${causes.map((cause) => `${cause.field}: ${cause.message}`).join(", ")}`,
    { name, group, kind, causes: causes.map((cause) => ({ reason: "FieldValueInvalid", ...cause })) },
  );
