import { isFields, type UnknownFields } from "../../slack-limits/problems.ts";

export { isFields, type UnknownFields };

/** A JSON object under construction. */
export type Fields = Record<string, unknown>;

/** The string in `name`, or undefined when it is absent, empty or something else. */
export function readText(fields: UnknownFields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Parses JSON without throwing; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A copy without the fields that are undefined. */
export function compact(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
