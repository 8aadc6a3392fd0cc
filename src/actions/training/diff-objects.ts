/** What differs between two JSON values, leaf by leaf. Elements of lists are named by their `name` where they have one. */
export function diffObjects(
  from: unknown,
  to: unknown,
  path = "",
): { path: string; from: string; to: string }[] {
  if (isContainer(from) && isContainer(to) && Array.isArray(from) === Array.isArray(to)) {
    const before = entriesOf(from);
    const after = entriesOf(to);
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
      diffObjects(before.get(key), after.get(key), join(path, key, Array.isArray(from))),
    );
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ path, from: show(from), to: show(to) }];
}

function isContainer(value: unknown): value is object {
  return value !== null && typeof value === "object";
}

function entriesOf(value: object): Map<string, unknown> {
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const named = value.every(
    (item) => isContainer(item) && typeof (item as { name?: unknown }).name === "string",
  );
  return new Map(
    value.map((item, index) => [named ? (item as { name: string }).name : String(index), item as unknown]),
  );
}

function join(path: string, key: string, inList: boolean): string {
  if (inList) return `${path}[${key}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

function show(value: unknown): string {
  if (value === undefined) return "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
