/** What a text may name: "inputs.parameters.gpus", "workflow.name", "item". */
export type Scope = Readonly<Record<string, string>>;

const TAG = /\{\{\s*([\w.\-/[\]]+)\s*\}\}/g;

/** With every {{name}} of the scope put in its place, in all texts; what is not in the scope stays. */
export function substitute<Value>(value: Value, scope: Scope): Value {
  return mapTexts(value, (text) => text.replace(TAG, (whole, name: string) => scope[name] ?? whole)) as Value;
}

/** The first {{name}} that is still there. */
export function unresolvedIn(value: unknown): string | undefined {
  let found: string | undefined;
  mapTexts(value, (text) => {
    found ??= /\{\{\s*([^{}]+?)\s*\}\}/.exec(text)?.[1];
    return text;
  });
  return found;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return value.includes("{{") ? change(value) : value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
