const EVERYTHING = "jibsa";

/** A model id is a part of the documents: "jibsa" for all that the person may read, "jibsa/guides" for one source of them. */
export function listModels(sources: readonly string[]): readonly string[] {
  return [EVERYTHING, ...sources.map((source) => `${EVERYTHING}/${source}`)];
}

/** Undefined for an id that is none. */
export function scopeOfModel(
  model: string,
  sources: readonly string[],
): { sources?: readonly string[] } | undefined {
  if (model === EVERYTHING) return {};
  const source = sources.find((name) => model === `${EVERYTHING}/${name}`);
  return source === undefined ? undefined : { sources: [source] };
}

/** https://platform.openai.com/docs/api-reference/models/object */
export const modelObject = (id: string) => ({ id, object: "model", created: 0, owned_by: "jibsa" });
