import { nearestWord } from "../nearest-word.ts";
import type { FieldProblem, ParameterValue, Result, Stage, StageParameter, StageParams } from "../ports.ts";
import { parameterNow, type ParameterNow } from "./dependent-parameters.ts";
import { readPath, writePath } from "./object-path.ts";

const MAX_VALUE_LENGTH = 256;
/** What may stand in a value that ends in an environment variable or a path: no white space, quotes, control characters, nor a leading "-". */
const SAFE_VALUE = /^[\p{L}\p{N}/][\p{L}\p{N}._:/@+=,-]*$/u;

export function findStage(stages: readonly Stage[], name: string): Result<Stage, FieldProblem> {
  const stage = stages.find((candidate) => candidate.name === name.toLowerCase());
  if (stage !== undefined) return { ok: true, value: stage };
  const names = stages.map((candidate) => candidate.name);
  const suggestion = nearestWord(name, names);
  return {
    ok: false,
    failure: {
      field: "stage",
      code: name === "" ? "required" : "unknown-stage",
      given: name.slice(0, 80),
      allowed: names.join(", "),
      ...(suggestion !== undefined && { suggestion }),
    },
  };
}

/** Every parameter with its value: what was given, else the default. All problems are told together. */
export function parseStageParams(
  stage: Pick<Stage, "parameters">,
  given: Readonly<Record<string, string>>,
): Result<StageParams, readonly FieldProblem[]> {
  const problems: FieldProblem[] = [];
  const names = stage.parameters.map((parameter) => parameter.name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const suggestion = nearestWord(name, names);
    problems.push({
      field: name,
      code: "unknown-field",
      allowed: names.join(", "),
      ...(suggestion !== undefined && { suggestion }),
    });
  }
  const values: Record<string, ParameterValue> = {};
  for (const declared of stage.parameters) {
    const parameter = parameterNow(declared, values);
    const text = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
    if (text === undefined) {
      values[parameter.name] = parameter.default;
      continue;
    }
    const parsed = parseValue(parameter, text.trim());
    if (parsed.ok) values[parameter.name] = parsed.value;
    else problems.push(parsed.failure);
  }
  return problems.length === 0 ? { ok: true, value: values } : { ok: false, failure: problems };
}

/** The limits of a parameter as a person would type them, and which others make them so. */
export function describeAllowed(parameter: ParameterNow): string {
  const because = (parameter.because ?? []).map(({ name, value }) => `${name}=${formatValue(value)}`);
  return because.length === 0 ? limitsOf(parameter) : `${limitsOf(parameter)} (${because.join(" ")})`;
}

function limitsOf(parameter: StageParameter): string {
  if (parameter.choices !== undefined) return parameter.choices.map(String).join(", ");
  const { min, max } = parameter;
  if (parameter.type === "boolean") return "true, false";
  if (min !== undefined && max !== undefined) return `${min}-${max}`;
  if (min !== undefined) return `>= ${min}`;
  if (max !== undefined) return `<= ${max}`;
  return parameter.type;
}

function parseValue(parameter: ParameterNow, text: string): Result<ParameterValue, FieldProblem> {
  const problem = (code: FieldProblem["code"]): Result<ParameterValue, FieldProblem> => ({
    ok: false,
    failure: { field: parameter.name, code, given: text.slice(0, 80), allowed: describeAllowed(parameter) },
  });
  if (text.length > MAX_VALUE_LENGTH) return problem("too-long");
  if (parameter.choices !== undefined) {
    const choice = parameter.choices.find(
      (candidate) => String(candidate).toLowerCase() === text.toLowerCase(),
    );
    return choice === undefined ? problem("not-a-choice") : { ok: true, value: choice };
  }
  switch (parameter.type) {
    case "string":
      if (text === "") return problem("required");
      return SAFE_VALUE.test(text) && !text.includes("..")
        ? { ok: true, value: text }
        : problem("bad-characters");
    case "boolean":
      if (/^(true|yes|on|1)$/i.test(text)) return { ok: true, value: true };
      return /^(false|no|off|0)$/i.test(text) ? { ok: true, value: false } : problem("not-a-boolean");
    case "integer":
    case "number": {
      const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(value))
        return problem(parameter.type === "integer" ? "not-an-integer" : "not-a-number");
      if (parameter.type === "integer" && !Number.isSafeInteger(value)) return problem("not-an-integer");
      if (parameter.min !== undefined && value < parameter.min) return problem("below-minimum");
      if (parameter.max !== undefined && value > parameter.max) return problem("above-maximum");
      return { ok: true, value };
    }
  }
  return parameter.type satisfies never;
}

/** The template with the parameters at their declared paths and nowhere else. A text stays a text, a number a number. */
export function applyParams(stage: Stage, params: StageParams): Record<string, unknown> {
  const object = structuredClone(stage.template) as Record<string, unknown>;
  for (const parameter of stage.parameters) {
    const value = params[parameter.name];
    if (value === undefined) continue;
    const before = readPath(object, parameter.path);
    const last = parameter.path.at(-1);
    const asText = typeof before === "string" || (before === undefined && last === "value");
    writePath(object, parameter.path, asText ? formatValue(value) : value);
  }
  return object;
}

/** Values of a stage's parameters as somebody would type them, without those that it has no parameter for any more. */
export function formatParams(stage: Pick<Stage, "parameters">, params: StageParams): Record<string, string> {
  return Object.fromEntries(
    stage.parameters.flatMap(({ name }) => {
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      return value === undefined ? [] : [[name, formatValue(value)]];
    }),
  );
}

/** 0.00001 is written 1e-5, as people write learning rates. */
export function formatValue(value: ParameterValue): string {
  if (typeof value !== "number" || value === 0 || (Math.abs(value) >= 0.001 && Math.abs(value) < 1e15))
    return String(value);
  return value.toExponential().replace("e+", "e");
}
