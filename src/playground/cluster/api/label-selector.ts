import { badRequest } from "../errors/refusals.ts";

export type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean;

const KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Parses `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>3`; throws 400 with the API's wording. Empty matches everything. */
export function parseLabelSelector(text: string): LabelMatcher {
  if (text.trim() === "") return () => true;
  const matchers = splitRequirements(text).map((requirement) => parseRequirement(requirement));
  return (labels) => matchers.every((matches) => matches(labels));
}

/** Commas inside parentheses belong to a set. */
function splitRequirements(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth < 0 || depth > 1) throw unparsable(`found '${character}', expected: identifier`);
    if (character === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  if (depth !== 0) throw unparsable("found '', expected: ',' or ')'");
  return [...parts, part];
}

function parseRequirement(requirement: string): LabelMatcher {
  const text = requirement.trim();
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set) {
    const key = checkedKey(set[1] ?? "");
    const values = (set[3] ?? "").split(",").map((value) => checkedValue(value.trim()));
    const isIn = (labels: Readonly<Record<string, string>>): boolean => {
      const value = ownValue(labels, key);
      return value !== undefined && values.includes(value);
    };
    return set[2] === "in" ? isIn : (labels) => !isIn(labels);
  }
  const comparison = /^([^=!<>\s]+)\s*(==|=|!=|<|>)\s*(\S*)$/.exec(text);
  if (comparison) {
    const key = checkedKey(comparison[1] ?? "");
    const value = checkedValue(comparison[3] ?? "");
    return comparisonMatcher(key, comparison[2] ?? "=", value);
  }
  if (text.startsWith("!")) {
    const key = checkedKey(text.slice(1).trim());
    return (labels) => ownValue(labels, key) === undefined;
  }
  const key = checkedKey(text);
  return (labels) => ownValue(labels, key) !== undefined;
}

function comparisonMatcher(key: string, operator: string, value: string): LabelMatcher {
  if (operator === "!=") return (labels) => ownValue(labels, key) !== value;
  if (operator === "=" || operator === "==") return (labels) => ownValue(labels, key) === value;
  if (!/^-?\d+$/.test(value)) {
    throw unparsable(`for 'Gt', 'Lt' operators, the value must be an integer: ${value}`);
  }
  const bound = Number(value);
  return (labels) => {
    const actual = ownValue(labels, key);
    if (actual === undefined || !/^-?\d+$/.test(actual)) return false;
    return operator === ">" ? Number(actual) > bound : Number(actual) < bound;
  };
}

function ownValue(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function checkedKey(key: string): string {
  if (!KEY.test(key)) throw unparsable(`invalid label key ${JSON.stringify(key)}`);
  return key;
}

function checkedValue(value: string): string {
  if (!VALUE.test(value)) throw unparsable(`invalid label value: ${JSON.stringify(value)}`);
  return value;
}

const unparsable = (detail: string): Error => badRequest(`unable to parse requirement: ${detail}`);
