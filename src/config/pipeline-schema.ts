import { z } from "zod";
import { approvalNeed } from "./policy-schema.ts";
import { dnsName, localized } from "./stage-schema.ts";

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A pipeline of the catalogue: stages one after another, whatever their engines. */
export const pipelineSchema = z.strictObject({
  name: dnsName,
  summary: localized,
  steps: z
    .array(
      z.strictObject({
        stage: dnsName,
        /** Of the stage's own; "{cpt.output}" is the output of the step before of that stage. */
        parameters: z.record(z.string(), value).default({}),
        /** Where the step leaves what later ones read; "{run}" is the name of its run. */
        output: z.string().max(256).optional(),
        gate: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(20),
  approval: approvalNeed.optional(),
});

/** What cannot be known from one pipeline alone. */
export function pipelineProblems(
  pipelines: readonly z.output<typeof pipelineSchema>[],
  stages: readonly { name: string; parameters: readonly { name: string }[] }[],
): { path: string; message: string }[] {
  const names = new Set(stages.map(({ name }) => name));
  return pipelines.flatMap(({ name, steps }, index) => {
    const path = `pipelines.${index}`;
    const problems = names.has(name)
      ? [{ path: `${path}.name`, message: `a stage is called ${name} too` }]
      : [];
    const before = new Set<string>();
    for (const [place, step] of steps.entries()) {
      const at = `${path}.steps.${place}`;
      const stage = stages.find((candidate) => candidate.name === step.stage);
      if (stage === undefined)
        problems.push({ path: `${at}.stage`, message: `there is no stage ${step.stage}` });
      for (const [parameter, text] of Object.entries(step.parameters)) {
        if (stage?.parameters.some((one) => one.name === parameter) === false)
          problems.push({
            path: `${at}.parameters.${parameter}`,
            message: `stage ${step.stage} has no such parameter`,
          });
        for (const [, from = ""] of text.matchAll(/\{([a-z0-9-]+)\.output\}/g))
          if (!before.has(from))
            problems.push({
              path: `${at}.parameters.${parameter}`,
              message: `no step before has the output ${from}`,
            });
      }
      if (step.output !== undefined) before.add(step.stage);
    }
    return problems;
  });
}
