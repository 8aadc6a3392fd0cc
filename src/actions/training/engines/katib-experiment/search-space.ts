import type { PlatformObject } from "../../../ports.ts";
import { formatValue } from "../../stage-catalogue.ts";

/**
 * Katib takes the borders of its search space as texts and its lists as lists of texts. A template, or a parameter of the
 * stage that points there, may say numbers, and "4,8,16" for a list.
 */
export function writeSearchSpace(experiment: PlatformObject): PlatformObject {
  const spec = experiment["spec"] as { parameters?: unknown } | undefined;
  if (!Array.isArray(spec?.parameters)) return experiment;
  const parameters = (spec.parameters as { feasibleSpace?: Record<string, unknown> }[]).map((parameter) =>
    parameter.feasibleSpace === undefined
      ? parameter
      : { ...parameter, feasibleSpace: asTexts(parameter.feasibleSpace) },
  );
  return { ...experiment, spec: { ...spec, parameters } };
}

function asTexts(space: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(space).map(([field, value]) => [
      field,
      field === "list" ? listOf(value).map(asText) : asText(value),
    ]),
  );
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "string" ? value.split(",").filter((item) => item !== "") : [value];
}

const asText = (value: unknown): unknown =>
  typeof value === "number" || typeof value === "boolean" ? formatValue(value) : value;
