import type { ParameterValue, Stage } from "../ports.ts";
import { parameterNow, type ParameterNow } from "./dependent-parameters.ts";
import { formatValue, parseStageParams } from "./stage-catalogue.ts";

/** A parameter as a form shows it: with what is to stand in its field, where that is not its default. */
export type Field = ParameterNow & { text?: string };

type Texts = Readonly<Record<string, string>>;

/**
 * The fields of a stage that a preset fills and a person has typed into. A typed text that is some default of a field that
 * depends on others was not meant: it gives way to the default of now.
 */
export function formFields(
  stage: Pick<Stage, "parameters">,
  filled: { preset?: Texts | undefined; typed?: Texts | undefined },
): Field[] {
  const values: Record<string, ParameterValue> = {};
  return stage.parameters.map((declared) => {
    const now = parameterNow(declared, values);
    const { depends = [] } = declared;
    const typed = ownText(filled.typed, now.name);
    const isSomeDefault = [declared, ...depends].some(
      (rule) => rule.default !== undefined && formatValue(rule.default) === typed,
    );
    const text = depends.length > 0 && isSomeDefault ? undefined : typed;
    const shown = text ?? ownText(filled.preset, now.name);
    const parsed = parseStageParams({ parameters: [now] }, shown === undefined ? {} : { [now.name]: shown });
    values[now.name] = (parsed.ok ? parsed.value[now.name] : undefined) ?? now.default;
    return shown === undefined ? now : { ...now, text: shown };
  });
}

function ownText(texts: Texts = {}, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}
