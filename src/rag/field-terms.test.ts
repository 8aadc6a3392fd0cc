import { describe, expect, it } from "vitest";
import { FIELD_TERMS } from "./field-terms.ts";

describe("the glossary of the field", () => {
  it("holds at least 300 ideas, each in Korean and in English", () => {
    const incomplete = FIELD_TERMS.filter(
      ({ korean, english }) =>
        korean.some((term) => !/[가-힣]/.test(term)) || english.some((term) => !/^[a-z][a-z -]*$/.test(term)),
    );

    expect(incomplete).toEqual([]);
    expect(FIELD_TERMS.length).toBeGreaterThanOrEqual(300);
  });
});
