import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromFieldsV1, listFields, toFieldsV1 } from "../patches/field-set.ts";
import type { KubernetesObject, ObjectDraft } from "./kubernetes-object.ts";
import { applyConfiguration, trackUpdate, type Writer } from "./managed-fields.ts";

const applier = (manager: string): Writer => ({ manager, operation: "Apply", apiVersion: "v1" });
const draft = (fields: object): ObjectDraft => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a" },
  ...fields,
});
const apply = (current: ObjectDraft | undefined, manager: string, fields: object, force = false) =>
  applyConfiguration(current as KubernetesObject | undefined, draft(fields), applier(manager), {
    force,
    time: "2026-11-24T00:00:00Z",
  });

describe("server-side apply", () => {
  it("takes back what a manager applied before and leaves out now, item by item", () => {
    const first = apply(undefined, "one", {
      spec: {
        containers: [
          { name: "x", image: "1", env: [{ name: "A", value: "1" }] },
          { name: "y", image: "2" },
        ],
      },
    });
    const second = apply(first, "one", { spec: { containers: [{ name: "x", image: "1" }] } });

    expect(second.spec).toEqual({ containers: [{ name: "x", image: "1" }] });
  });

  it("keeps what somebody else owns too", () => {
    const one = apply(undefined, "one", { data: { a: "1", b: "1" } });
    const both = apply(one, "two", { data: { a: "1" } });
    const withdrawn = apply(both, "one", {});

    expect(withdrawn["data"]).toEqual({ a: "1" });
    expect(withdrawn.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["two"]);
  });

  it("names each field of each manager in a conflict, and takes them over by force", () => {
    const one = apply(undefined, "one", { data: { a: "1", b: "1" } });

    expect(() => apply(one, "two", { data: { a: "2", b: "2" } })).toThrow(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
    );
    const forced = apply(one, "two", { data: { a: "2" } }, true);
    expect(forced["data"]).toEqual({ a: "2", b: "1" });
    expect(apply(forced, "one", { data: { b: "1" } })["data"]).toEqual({ a: "2", b: "1" });
  });

  it("sees plain writes as owners", () => {
    const writer: Writer = { manager: "editor", operation: "Update", apiVersion: "v1" };
    const one = apply(undefined, "one", { data: { a: "1" } });
    const edited = draft({ data: { a: "2" } });
    const managedFields = trackUpdate(one, edited, writer, "2026-11-24T00:00:01Z");

    expect(managedFields).toMatchObject([{ manager: "editor", fieldsV1: { "f:data": { "f:a": {} } } }]);
    expect(() =>
      apply({ ...edited, metadata: { ...edited.metadata, managedFields } }, "one", { data: { a: "1" } }),
    ).toThrow('conflict with "editor": .data.a');
  });
});

describe("the fields of an object", () => {
  it("survive being written down and read, whatever their names", () => {
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(".", "f:", "k:{}", "a.b", "containers"),
    );
    const object = fc.dictionary(
      name.filter((key) => key !== "__proto__"),
      fc.oneof(
        fc.string(),
        fc.array(fc.record({ name: fc.string() })),
        fc.dictionary(fc.string(), fc.integer()),
      ),
    );
    fc.assert(
      fc.property(object, (some) => {
        const paths = [...listFields(some).keys()].filter((path) => path !== "[]");
        expect([...fromFieldsV1(toFieldsV1(paths))].toSorted()).toEqual(paths.toSorted());
      }),
    );
  });
});
