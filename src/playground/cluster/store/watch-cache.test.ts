import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { createObjectStore } from "./object-store.ts";

const object = (name: string, value: number): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "n", uid: name, resourceVersion: "", creationTimestamp: "" },
  data: { value: String(value) },
});
const textOf = (objects: readonly KubernetesObject[] | undefined) =>
  objects?.map(({ metadata, data }) => `${metadata.name}=${(data as { value: string }).value}`).join(",");

describe("the history of a store", () => {
  it("shows each list as it was, as far back as it reaches", () => {
    const step = fc.record({ name: fc.constantFrom("a", "b", "c"), remove: fc.boolean(), value: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const store = createObjectStore({ historyLimit: 10 });
        const then = new Map([[store.resourceVersion(), ""]]);
        for (const { name, remove, value } of steps) {
          if (remove) store.remove("/configmaps", object(name, value));
          else store.put("/configmaps", object(name, value));
          then.set(store.resourceVersion(), textOf(store.list("/configmaps")) ?? "");
        }
        for (const [version, text] of then) {
          const listed = textOf(store.history.listAt("/configmaps", version, store.list("/configmaps")));
          expect(listed).toBe(version < store.history.oldestResourceVersion() ? undefined : text);
        }
      }),
    );
  });

  it("tells what came after a version, and of no more than it knows", () => {
    const store = createObjectStore({ historyLimit: 4 });
    for (let value = 0; value < 10; value += 1) store.put("/configmaps", object("a", value));

    const oldest = store.history.oldestResourceVersion();
    expect(store.history.since("/configmaps", oldest - 1)).toBeUndefined();
    expect(store.history.since("/configmaps", oldest)?.map(({ resourceVersion }) => resourceVersion)).toEqual(
      Array.from({ length: store.resourceVersion() - oldest }, (_, index) => oldest + 1 + index),
    );
    expect(store.history.since("/pods", oldest)).toEqual([]);
  });
});
