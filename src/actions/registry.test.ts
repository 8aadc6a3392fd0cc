import { describe, expect, it } from "vitest";
import { changes, reads } from "./registry.ts";

describe.each(Object.entries({ ...reads, ...changes }))("%s", (name, action) => {
  it("is listed under its own name, and its examples fit its own schema", () => {
    expect(action.name).toBe(name);
    for (const example of action.examples) expect(action.input.parse(example.input)).toEqual(example.input);
  });
});
