import fc from "fast-check";
import { expect, it } from "vitest";
import { labelValue } from "./object-labels.ts";

it("makes a value that Kubernetes takes out of any name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (name) => {
      expect(labelValue(name, "U0ABC")).toMatch(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/);
    }),
  );
});

it("keeps what is readable and falls back to the id", () => {
  expect(labelValue("Minji Kim", "U1")).toBe("minji-kim");
  expect(labelValue("김민지", "U01R")).toBe("u01r");
});
