import { z } from "zod";
import { ENGINE_KINDS } from "../actions/ports.ts";
import { parsePath, readPath } from "../actions/training/object-path.ts";
import { formatValue, parseStageParams } from "../actions/training/stage-catalogue.ts";
import { dependencyProblems } from "./check-dependencies.ts";
import { approvalNeed } from "./policy-schema.ts";

const value = z.union([z.string(), z.number(), z.boolean()]);
/** One text for all, or one for each language. */
export const localized = z
  .union([z.string().min(1), z.strictObject({ en: z.string().min(1), ko: z.string().min(1) })])
  .transform((text) => (typeof text === "string" ? { en: text, ko: text } : text));
export const dnsName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "lower-case letters, digits and hyphens only")
  .max(40);

const ruleSchema = z.strictObject({
  when: z
    .record(z.string(), z.union([value.transform((one) => [one]), z.array(value).min(1)]))
    .refine((when) => Object.keys(when).length > 0, "names the parameters that decide"),
  default: value.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  choices: z.array(value).min(1).optional(),
});

const parameterSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, "lower-case letters, digits and hyphens only")
      .max(60),
    summary: localized,
    type: z.enum(["string", "integer", "number", "boolean"]),
    default: value,
    min: z.number().optional(),
    max: z.number().optional(),
    choices: z.array(value).min(1).optional(),
    /** Other defaults and limits while parameters named before this one have one of these values. */
    depends: z.array(ruleSchema).max(20).optional(),
    /** Where in the template it goes: spec.containers[pytorch].env[LEARNING_RATE].value */
    path: z.string().transform((text, context) => {
      const path = parsePath(text);
      if (path !== undefined) return path;
      context.addIssue({
        code: "custom",
        message: `"${text}" is not a path like spec.containers[pytorch].env[LR].value`,
      });
      return z.NEVER;
    }),
  })
  .superRefine((parameter, context) => {
    const wanted = parameter.type === "integer" ? "number" : parameter.type;
    if (typeof parameter.default !== wanted)
      context.addIssue({ code: "custom", path: ["default"], message: `has to be a ${parameter.type}` });
    if (parameter.choices !== undefined && !parameter.choices.includes(parameter.default))
      context.addIssue({ code: "custom", path: ["default"], message: "is not among the choices" });
  });

const presetSchema = z.strictObject({
  /** `/train start sft preset=NAME`; "last" and "defaults" have a meaning of their own. */
  name: dnsName.refine((name) => !["last", "defaults"].includes(name), "is taken: choose another name"),
  summary: localized,
  parameters: z.record(z.string(), value),
});

/** A stage of the catalogue: what `/train start <name>` starts. */
export const stageSchema = z
  .strictObject({
    name: dnsName,
    summary: localized,
    engine: z.enum(ENGINE_KINDS),
    /** Default: the first cluster. */
    cluster: z.string().optional(),
    namespace: dnsName,
    expectedHours: z.number().positive(),
    /** Of a sweep: the stage that is trained with its best trial's values; parameters of equal names are taken over. */
    tunes: dnsName.optional(),
    /** GPUs of what the template only refers to, for the preview and the policy. */
    expectedGpus: z.number().int().min(0).max(10_000).optional(),
    approval: approvalNeed.optional(),
    parameters: z.array(parameterSchema).default([]),
    presets: z.array(presetSchema).max(20).default([]),
    template: z.record(z.string(), z.unknown()),
  })
  .superRefine((stage, context) => {
    if (stage.expectedGpus === undefined && stage.engine === "kubeflow-pipeline")
      context.addIssue({
        code: "custom",
        path: ["expectedGpus"],
        message: "is needed: a pipeline is not read for the GPUs that its steps ask for",
      });
    if (
      stage.expectedGpus === undefined &&
      readPath(stage.template, ["spec", "workflowTemplateRef"]) !== undefined
    )
      context.addIssue({
        code: "custom",
        path: ["expectedGpus"],
        message: "is needed: a WorkflowTemplate is not read for the GPUs that it asks for",
      });
    stage.presets.forEach((preset, index) => {
      const typed = Object.entries(preset.parameters).map(([name, given]) => [name, formatValue(given)]);
      const parsed = parseStageParams(stage, Object.fromEntries(typed));
      for (const { field, code, allowed } of parsed.ok ? [] : parsed.failure)
        context.addIssue({
          code: "custom",
          path: ["presets", index, "parameters", field],
          message: `${code.replaceAll("-", " ")}: allowed is ${allowed ?? ""}`,
        });
    });
    for (const { index, rule, message } of dependencyProblems(stage.parameters))
      context.addIssue({ code: "custom", path: ["parameters", index, "depends", rule], message });
    stage.parameters.forEach((parameter, index) => {
      const holder = readPath(stage.template, parameter.path.slice(0, 1));
      if (holder === undefined)
        context.addIssue({
          code: "custom",
          path: ["parameters", index, "path"],
          message: "does not begin in the template",
        });
    });
  });
