/** Every text that a text may become when its placeholders are filled in; undefined: more than can be looked at. */
export type Expansion = (text: string) => readonly string[] | undefined;

/** `{{workflow.parameters.x}}`, `{{=expression}}` of Argo; `${trialParameters.x}` of Katib. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}|\$\{trialParameters\.([^}]*)\}/;
const MAX_TEXTS = 200;
const MAX_ROUNDS = 6;

/**
 * Knows what the parameters of an object hold. A name stands for every value that anything in the object gives to it, wherever it
 * is used. What only a running step knows stays as it is written. Pure.
 */
export function createExpansion(object: unknown): Expansion {
  const values = valuesOf(object);
  return (text) => {
    let texts: readonly string[] = [text];
    const done: string[] = [];
    for (let round = 0; texts.length > 0; round += 1) {
      if (round >= MAX_ROUNDS || texts.length + done.length > MAX_TEXTS) return undefined;
      texts = [...new Set(texts)].flatMap((one) => {
        const filled = fillFirst(one, values);
        if (filled === undefined) done.push(one);
        return filled ?? [];
      });
    }
    return [...new Set(done)];
  };
}

/** Undefined where nothing (more) can be filled in. */
function fillFirst(text: string, values: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  let from = 0;
  for (;;) {
    const match = PLACEHOLDER.exec(text.slice(from));
    if (match === null) return undefined;
    const [whole, inArgo, inKatib] = match;
    const at = from + match.index;
    const found = inKatib === undefined ? ofArgo(inArgo ?? "", values) : (values.get(inKatib) ?? []);
    if (found.length > 0)
      return found.map((value) => text.slice(0, at) + value + text.slice(at + whole.length));
    from = at + whole.length;
  }
}

function ofArgo(inside: string, values: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const expression = inside.trim();
  if (expression === "item" || expression.startsWith("item.")) return values.get("item") ?? [];
  if (!expression.startsWith("="))
    return /outputs/.test(expression) ? [] : (values.get(expression.split(".").at(-1) ?? "") ?? []);
  // Not worked out; but it is another one when what it is made of is.
  const names = [...values.keys()].filter((name) => expression.includes(name));
  const made = (names.length === 0 && expression.includes("parameters") ? [...values.keys()] : names)
    .toSorted()
    .map((name) => `${name}=${(values.get(name) ?? []).join("|")}`);
  return [`<${expression}; ${made.join(", ")}>`];
}

/** By name: `{name, value}` and `{name, default}` anywhere, items of loops, and what Katib tries under its trials' names. */
function valuesOf(object: unknown): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  const references: { name: string; reference: string }[] = [];
  const give = (name: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) value.forEach((item) => give(name, item));
    else if (typeof value === "object") Object.values(value).forEach((item) => give(name, item));
    else {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      values.set(name, [...(values.get(name) ?? []), text]);
    }
  };
  const visit = (node: unknown, depth: number): void => {
    if (node === null || typeof node !== "object" || depth > 60) return;
    const { name, value, reference, feasibleSpace, valueFrom, withItems } = node as Record<string, unknown>;
    if (typeof name === "string") {
      give(name, value);
      give(name, (node as { default?: unknown }).default);
      give(name, (valueFrom as { default?: unknown } | undefined)?.default);
      if (typeof reference === "string") references.push({ name, reference });
      const { list, min, max } = (feasibleSpace ?? {}) as Record<string, unknown>;
      give(name, typeof list === "string" ? list.split(",") : list);
      give(name, min);
      give(name, max);
    }
    give("item", withItems);
    Object.values(node).forEach((child) => visit(child, depth + 1));
  };
  visit(object, 0);
  const tried = references.map(({ name, reference }) => [name, values.get(reference) ?? []] as const);
  for (const [name, found] of tried) give(name, found);
  return values;
}
