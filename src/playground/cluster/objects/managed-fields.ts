import { conflictingFields } from "../errors/refusals.ts";
import { applyStrategicMerge } from "../patches/strategic-merge.ts";
import { describeField, fromFieldsV1, listFields, toFieldsV1, withoutField } from "../patches/field-set.ts";
import type { JsonObject, KubernetesObject, ManagedFieldsEntry, ObjectDraft } from "./kubernetes-object.ts";
import { isSameJson } from "./kubernetes-object.ts";

/** Who writes, as `managedFields` records it. */
export interface Writer {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  subresource?: "status";
}

interface Ownership {
  entry: ManagedFieldsEntry;
  paths: Set<string>;
}

const isWriters = (entry: ManagedFieldsEntry, writer: Writer): boolean =>
  entry.manager === writer.manager &&
  entry.operation === writer.operation &&
  entry.subresource === writer.subresource;

const ownershipsOf = (object: { metadata?: { managedFields?: ManagedFieldsEntry[] } }): Ownership[] =>
  (object.metadata?.managedFields ?? []).map((entry) => ({ entry, paths: fromFieldsV1(entry.fieldsV1) }));

/** Who owns what after a plain write: the writer owns what it changed, and nobody what is gone. */
export function trackUpdate(
  before: { metadata?: { managedFields?: ManagedFieldsEntry[] } },
  after: object,
  writer: Writer,
  time: string,
): ManagedFieldsEntry[] {
  const old = listFields(before);
  const fields = listFields(after);
  const changed = [...fields]
    .filter(([path, value]) => !old.has(path) || !isSameJson(old.get(path), value))
    .map(([path]) => path);
  const owners = ownershipsOf(before);
  for (const { entry, paths } of owners) {
    const own = isWriters(entry, writer);
    for (const path of paths) if (!fields.has(path) || (!own && changed.includes(path))) paths.delete(path);
  }
  return written(owners, writer, time, (paths) => new Set([...paths, ...changed]));
}

/**
 * Server-side apply: the configuration's fields are set, fields that this manager applied before and leaves out now go unless
 * somebody else owns them. Another's field with another value is a 409 with one cause per field, unless forced.
 */
export function applyConfiguration(
  current: KubernetesObject | undefined,
  configuration: ObjectDraft,
  writer: Writer,
  options: { force: boolean; time: string },
): ObjectDraft {
  const wanted = listFields(configuration);
  const live = listFields(current ?? {});
  const owners = ownershipsOf(current ?? {});
  const others = owners.filter(({ entry }) => !isWriters(entry, writer));
  const conflicts = others.flatMap(({ entry, paths }) =>
    [...wanted]
      .filter(([path, value]) => paths.has(path) && !isSameJson(live.get(path), value))
      .map(([path]) => ({ manager: entry.manager, operation: entry.operation, path })),
  );
  if (conflicts.length > 0 && !options.force)
    throw conflictingFields(conflicts.map(({ manager, path }) => ({ manager, field: describeField(path) })));
  for (const { paths } of others) for (const { path } of conflicts) paths.delete(path);
  const mine = owners.find(({ entry }) => isWriters(entry, writer))?.paths ?? new Set<string>();
  const dropped = [...mine].filter(
    (path) => !wanted.has(path) && !others.some(({ paths }) => paths.has(path)),
  );
  const merged = dropped.reduce(
    withoutField,
    applyStrategicMerge(current ?? {}, configuration) as JsonObject,
  ) as unknown as ObjectDraft;
  const managedFields = written(owners, writer, options.time, () => new Set(wanted.keys()));
  return { ...merged, metadata: { ...merged.metadata, managedFields } };
}

function written(
  owners: readonly Ownership[],
  writer: Writer,
  time: string,
  change: (paths: ReadonlySet<string>) => Set<string>,
): ManagedFieldsEntry[] {
  const known = owners.find(({ entry }) => isWriters(entry, writer));
  const all = known
    ? owners.map((owner) => (owner === known ? { ...owner, paths: change(owner.paths) } : owner))
    : [
        ...owners,
        {
          entry: { ...writer, time, fieldsType: "FieldsV1" } as ManagedFieldsEntry,
          paths: change(new Set()),
        },
      ];
  return all
    .filter(({ paths }) => paths.size > 0)
    .map(({ entry, paths }) => {
      const fieldsV1 = toFieldsV1(paths);
      if (isSameJson(fieldsV1, entry.fieldsV1)) return entry;
      return { ...entry, ...(isWriters(entry, writer) && { time }), fieldsV1 };
    });
}
