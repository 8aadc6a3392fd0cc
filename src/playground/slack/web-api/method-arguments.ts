import { isFields, parseJson, type UnknownFields } from "../wire-fields.ts";
import { invalidArguments, SlackError } from "./slack-error.ts";

/** The arguments of a call, whether they came as a form or as JSON. Reading what is missing or malformed throws a `SlackError`. */
export class MethodArguments {
  readonly #fields: UnknownFields;

  constructor(fields: UnknownFields) {
    this.#fields = fields;
  }

  /** A text; undefined when absent or empty. */
  text(name: string): string | undefined {
    const value = this.#own(name);
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value !== "string") throw invalidArguments(`must provide a string [json-pointer:/${name}]`);
    return value;
  }

  /** A text that must be there. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw invalidArguments(`missing required field: ${name}`);
    return value;
  }

  /** A structured value: JSON in a form field, or itself in a JSON body. `error` is thrown when it is no JSON. */
  json(name: string, error = "invalid_arguments"): unknown {
    const value = this.#own(name);
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") return value;
    const parsed = parseJson(value);
    if (parsed === undefined) throw new SlackError(error);
    return parsed;
  }

  object(name: string): UnknownFields | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    if (!isFields(value)) throw invalidArguments(`must provide an object [json-pointer:/${name}]`);
    return value;
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.#own(name);
    if (value === undefined || value === null || value === "") return otherwise;
    return value === true || value === "true" || value === "1" || value === 1;
  }

  /** A whole number, cut to the range. */
  integer(name: string, otherwise: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const number = Number(value);
    if (!Number.isFinite(number)) throw invalidArguments(`must be a number [json-pointer:/${name}]`);
    return Math.min(max, Math.max(min, Math.floor(number)));
  }

  /** A list given as "a,b" or as JSON. */
  list(name: string): string[] | undefined {
    const value = this.#own(name);
    if (Array.isArray(value)) return value.map(String);
    const text = this.text(name);
    if (text === undefined) return undefined;
    const parsed = text.startsWith("[") ? parseJson(text) : undefined;
    if (Array.isArray(parsed)) return parsed.map(String);
    return text.split(",").map((item) => item.trim());
  }

  #own(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
}
