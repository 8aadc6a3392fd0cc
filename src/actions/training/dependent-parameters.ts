import type { ParameterValue, Stage, StageParameter } from "../ports.ts";

/** A parameter as it is while others have these values. `because` names those that made it so. */
export type ParameterNow = StageParameter & { because?: readonly { name: string; value: ParameterValue }[] };

/** The first of its rules that holds is laid over the parameter; limits that a rule does not name stay. */
export function parameterNow(
  parameter: StageParameter,
  values: Readonly<Record<string, ParameterValue | undefined>>,
): ParameterNow {
  const { depends = [], ...always } = parameter;
  for (const { when, ...rule } of depends) {
    const because = Object.entries(when).flatMap(([name, wanted]) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      return value !== undefined && wanted.includes(value) ? [{ name, value }] : [];
    });
    if (because.length === Object.keys(when).length) return { ...always, ...rule, because };
  }
  return always;
}

/** Those of which others depend: with another value of one of these, other fields may be others. */
export function decidingParameters(stage: Pick<Stage, "parameters">): ReadonlySet<string> {
  return new Set(
    stage.parameters.flatMap(({ depends = [] }) => depends.flatMap(({ when }) => Object.keys(when))),
  );
}
