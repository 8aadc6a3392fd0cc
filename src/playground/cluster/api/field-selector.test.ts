import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/api-error.ts";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { typeOfKind } from "../objects/resource-types.ts";
import { parseFieldSelector, selectedName } from "./field-selector.ts";

const POD = typeOfKind("Pod");
const pod: KubernetesObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a,b", namespace: "n", uid: "u", resourceVersion: "1", creationTimestamp: "" },
  spec: { nodeName: "gpu-1" },
  status: { phase: "Running" },
};

describe("a field selector", () => {
  it.each([
    ["", true],
    ["status.phase=Running", true],
    ["status.phase==Running,spec.nodeName!=gpu-2", true],
    ["status.phase!=Running", false],
    ["spec.nodeName=", false],
    ["status.podIP=", true],
    ["metadata.name=a\\,b", true],
  ])("%j finds the pod: %s", (text, found) => {
    expect(parseFieldSelector(text, POD)(pod)).toBe(found);
  });

  it("knows the name that it fixes", () => {
    expect(selectedName("metadata.namespace=n,metadata.name=a")).toBe("a");
    expect(selectedName("metadata.name!=a")).toBeUndefined();
  });

  it.each([
    ["Pod", "spec.secret=1", "field label not supported: spec.secret"],
    ["PyTorchJob", "status.phase=1", "field label not supported: status.phase"],
    [
      "ConfigMap",
      "data.a=1",
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    ["Pod", "nonsense", "invalid selector: 'nonsense'; can't understand 'nonsense'"],
  ])("of a %s is refused: %s", (kind, text, message) => {
    expect(() => parseFieldSelector(text, typeOfKind(kind))).toThrow(message);
  });

  it("takes any text, as a selector or as a refusal in the API's own form", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const escaped = value.replaceAll(/[\\,=]/g, (found) => `\\${found}`);
        const named = { ...pod, metadata: { ...pod.metadata, name: value } };
        expect(parseFieldSelector(`metadata.name=${escaped}`, POD)(named)).toBe(true);
        try {
          parseFieldSelector(value, POD)(pod);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
