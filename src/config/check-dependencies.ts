import type { StageParameter } from "../actions/ports.ts";
import { formatValue, parseStageParams } from "../actions/training/stage-catalogue.ts";

/** Rules that name no earlier parameter, values that it never has, and defaults that the rule itself does not allow. */
export function dependencyProblems(
  parameters: readonly StageParameter[],
): readonly { index: number; rule: number; message: string }[] {
  return parameters.flatMap(({ depends = [], ...always }, index) =>
    depends.flatMap(({ when, ...laid }, rule) => {
      const messages = Object.entries(when).flatMap(([name, wanted]) => {
        const deciding = parameters.slice(0, index).find((earlier) => earlier.name === name);
        if (deciding === undefined) return [`"${name}" is no parameter named before "${always.name}"`];
        const never = wanted.filter((value) => !canBe(deciding, value));
        return never.map((value) => `${name} is never ${String(value)}`);
      });
      const now = { ...always, ...laid };
      if (!canBe(now, now.default)) messages.push(`its default ${String(now.default)} is not allowed then`);
      return messages.map((message) => ({ index, rule, message }));
    }),
  );
}

/** Under one of its own rules at least. */
function canBe({ depends = [], ...always }: StageParameter, value: StageParameter["default"]): boolean {
  return [always, ...depends.map((rule) => ({ ...always, ...rule }))].some((parameter) => {
    const parsed = parseStageParams({ parameters: [parameter] }, { [always.name]: formatValue(value) });
    return parsed.ok && parsed.value[always.name] === value;
  });
}
