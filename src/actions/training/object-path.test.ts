import { describe, expect, it } from "vitest";
import { formatPath, parsePath, readPath, writePath, type ObjectPath } from "./object-path.ts";

const path: ObjectPath = ["spec", "containers", { name: "main" }, "env", { name: "LR" }, "value"];

describe("a path into an object", () => {
  it("reads and writes the list element that it names, not its neighbour", () => {
    const object = {
      spec: { containers: [{ name: "other" }, { name: "main", env: [{ name: "LR", value: "1" }] }] },
    };

    writePath(object, path, "2");

    expect(readPath(object, path)).toBe("2");
    expect(object.spec.containers[0]).toEqual({ name: "other" });
  });

  it("makes what is missing on its way", () => {
    const object = {};

    writePath(object, path, "2");

    expect(object).toEqual({ spec: { containers: [{ name: "main", env: [{ name: "LR", value: "2" }] }] } });
  });

  it("does not reach into the language", () => {
    expect(() => writePath({}, ["__proto__", "polluted"], true)).toThrow(TypeError);
    expect(readPath({}, ["constructor", "name"])).toBeUndefined();
  });

  it("is shown as a person would write it", () => {
    expect(formatPath(path)).toBe("spec.containers[main].env[LR].value");
  });

  it("is read back from what a person writes", () => {
    const written = 'spec.containers[main].resources.limits["nvidia.com/gpu"]';

    expect(formatPath(parsePath(written) ?? [])).toBe(written);
    expect(parsePath("a[0].b")).toEqual(["a", 0, "b"]);
    for (const bad of ["", "a..b", "a[", "__proto__.x", "a b"]) expect(parsePath(bad)).toBeUndefined();
  });
});
