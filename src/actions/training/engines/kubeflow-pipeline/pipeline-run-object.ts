import { z } from "zod";
import type { PlatformObject } from "../../../ports.ts";
import { REQUEST_ID_LABEL } from "../../object-labels.ts";
import type { PipelineParameterType, PipelineRun, PipelineVersion } from "./kubeflow-pipelines-port.ts";

/** The experiment that every installation has. */
const DEFAULT_EXPERIMENT = "Default";

const specSchema = z.strictObject({
  pipeline: z.string().min(1),
  version: z.string().min(1).optional(),
  experiment: z.string().min(1).default(DEFAULT_EXPERIMENT),
  parameters: z.record(z.string(), z.unknown()).default({}),
  pipelineRoot: z.string().min(1).optional(),
  serviceAccount: z.string().min(1).optional(),
});
export type PipelineRunSpec = z.output<typeof specSchema>;
export type FieldFault = { path: string; message: string };

/** `spec` of a stage's template; what is wrong with it, field by field. */
export function readSpec(
  object: PlatformObject,
): { ok: true; spec: PipelineRunSpec } | { ok: false; faults: readonly FieldFault[] } {
  const parsed = specSchema.safeParse(object["spec"] ?? {});
  if (parsed.success) return { ok: true, spec: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(({ path, message }) => ({
      path: ["spec", ...path].map(String).join("."),
      message,
    })),
  };
}

/** The parameters against what the pipeline declares; it would only find out when its first step starts. */
export function checkParameters(
  given: PipelineRunSpec["parameters"],
  declared: PipelineVersion["parameters"],
): readonly FieldFault[] {
  if (declared === undefined) return [];
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  return [
    ...unknown.map((name) => ({
      path: `spec.parameters.${name}`,
      message: `the pipeline has no such parameter; it has ${Object.keys(declared).join(", ") || "none"}`,
    })),
    ...Object.entries(declared).flatMap(([name, { type, isOptional }]) => {
      const path = `spec.parameters.${name}`;
      if (!Object.hasOwn(given, name)) return isOptional ? [] : [{ path, message: "the pipeline needs it" }];
      return isOfType(given[name], type) ? [] : [{ path, message: `has to be of type ${type}` }];
    }),
  ];
}

function isOfType(value: unknown, type: PipelineParameterType): boolean {
  switch (type) {
    case "STRING":
      return typeof value === "string";
    case "NUMBER_INTEGER":
      return Number.isInteger(value);
    case "NUMBER_DOUBLE":
      return typeof value === "number";
    case "BOOLEAN":
      return typeof value === "boolean";
    case "LIST":
      return Array.isArray(value);
    case "STRUCT":
      return value !== null && typeof value === "object" && !Array.isArray(value);
    case "TASK_FINAL_STATUS":
      // Filled in by the platform.
      return false;
  }
  return type satisfies never;
}

/** A run has no labels: its description says whose it is. */
export function describeRun(object: PlatformObject): string {
  const { labels = {}, annotations = {} } = object.metadata;
  return Object.entries({ ...labels, ...annotations })
    .filter(([key]) => key.startsWith("jibsa.dev/"))
    .map(([key, value]) => `${key}=${value}`)
    .join("\n");
}

export function isRunOf(run: Pick<PipelineRun, "description">, object: PlatformObject): boolean {
  const mark = `${REQUEST_ID_LABEL}=${object.metadata.labels?.[REQUEST_ID_LABEL] ?? ""}`;
  return run.description.split("\n").includes(mark);
}
