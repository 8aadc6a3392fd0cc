import type { z } from "zod";
import { badRequest, invalid } from "../errors/refusals.ts";
import { invalidValue, required, type StatusCause } from "../errors/status-causes.ts";
import type { ObjectDraft } from "./kubernetes-object.ts";
import { shapeOf } from "./object-shapes.ts";
import { apiVersionOf, type ResourceType } from "./resource-types.ts";

/** What the API server adds to every refusal by a schema. */
const UNCHECKED: StatusCause = {
  reason: "FieldValueInvalid",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
  field: "<nil>",
};

/** Types of fields: for built-in kinds a wrong one is a 400 as from Go's decoder, for custom ones a 422 of their schema. */
export function checkShape(type: ResourceType, object: ObjectDraft): void {
  const parsed = shapeOf(type.storage).safeParse(object);
  if (parsed.success) return;
  const { issues } = parsed.error;
  if (type.custom && issues.every(({ path }) => path[0] !== "metadata"))
    throw invalid(type, object.metadata.name ?? "", [
      ...issues.map((issue) => causeOf(issue, object)),
      UNCHECKED,
    ]);
  const [issue] = issues;
  throw badRequest(
    `${type.kind} in version "${apiVersionOf(type)}" cannot be handled as a ${type.kind}: ${fieldOf(issue?.path ?? [])}: ${issue?.message ?? ""}`,
  );
}

function causeOf(issue: z.core.$ZodIssue, object: ObjectDraft): StatusCause {
  const field = fieldOf(issue.path);
  const value = issue.path.reduce<unknown>(
    (parent, step) => (parent as Record<PropertyKey, unknown> | undefined)?.[step],
    object,
  );
  if (value === undefined) return required(field);
  if (issue.code !== "invalid_type") return invalidValue(field, value, issue.message);
  const kind = Array.isArray(value) ? "array" : typeof value;
  const wanted = { int: "integer", record: "object" }[issue.expected as string] ?? issue.expected;
  return {
    ...invalidValue(field, kind, `${field} in body must be of type ${wanted}: ${JSON.stringify(kind)}`),
    reason: "FieldValueTypeInvalid",
  };
}

/** "spec.containers[0].name" */
function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .slice(1);
}
