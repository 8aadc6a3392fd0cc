import { parse } from "yaml";

const MAX_LENGTH = 64 * 1024;

/** The YAML between two `---` lines at the start. Text that does not parse to fields stays part of the body. */
export function splitFrontMatter(content: string): {
  fields: Readonly<Record<string, unknown>>;
  body: string;
} {
  const match = /^---[ \t]*\n(?<yaml>[\s\S]*?)\n?^---[ \t]*(?:\n|$)/m.exec(content.slice(0, MAX_LENGTH));
  const yaml = match?.groups?.["yaml"];
  if (match === null || match.index !== 0 || yaml === undefined) return { fields: {}, body: content };
  const fields = parseFields(yaml);
  if (fields === undefined) return { fields: {}, body: content };
  return { fields, body: content.slice(match[0].length) };
}

function parseFields(yaml: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parse(yaml, { maxAliasCount: 10, logLevel: "silent" });
    if (value === null) return {};
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    // Not YAML after all: a page may start with a horizontal rule.
    return undefined;
  }
}
