import { describe, expect, it } from "vitest";
import { stageFixture } from "#test/fixtures/stages.ts";
import type { Stage } from "../ports.ts";
import { formFields } from "./form-fields.ts";
import { describeAllowed, parseStageParams } from "./stage-catalogue.ts";

const base = stageFixture();
/** 72B takes 4 GPUs at least, and all 8 where nothing else is said. */
const stage: Stage = {
  ...base,
  parameters: base.parameters.map((parameter) =>
    parameter.name === "gpus"
      ? { ...parameter, depends: [{ when: { "model-size": ["72B"] }, default: 8, min: 4 }] }
      : parameter,
  ),
};
const gpusOf = (given: Record<string, string>) => {
  const parsed = parseStageParams(stage, given);
  return parsed.ok ? parsed.value["gpus"] : parsed.failure;
};

describe("a parameter that depends on another", () => {
  it("has the default of the value that the other one has", () => {
    expect(gpusOf({ "model-size": "72B" })).toBe(8);
    expect(gpusOf({ "model-size": "7B" })).toBe(2);
    expect(gpusOf({})).toBe(2);
  });

  it("is refused outside of the limits of now, and the refusal says what makes them so", () => {
    expect(gpusOf({ "model-size": "72B", gpus: "2" })).toEqual([
      { field: "gpus", code: "below-minimum", given: "2", allowed: "4-8 (model-size=72B)" },
    ]);
    expect(gpusOf({ "model-size": "72B", gpus: "4" })).toBe(4);
    expect(gpusOf({ "model-size": "7B", gpus: "1" })).toBe(1);
  });

  it("is what it always is while the other one is not understood", () => {
    expect(gpusOf({ "model-size": "8B", gpus: "1" })).toEqual([
      expect.objectContaining({ field: "model-size", code: "not-a-choice" }),
    ]);
  });
});

describe("the fields of a form", () => {
  const gpusField = (filled: Parameters<typeof formFields>[1]) =>
    formFields(stage, filled).find(({ name }) => name === "gpus");

  it("show the default of now where an older default stands", () => {
    const field = gpusField({ typed: { "model-size": "72B", gpus: "2" } });

    expect(field).toMatchObject({ default: 8, because: [{ name: "model-size", value: "72B" }] });
    expect(field?.text).toBeUndefined();
    expect(field && describeAllowed(field)).toBe("4-8 (model-size=72B)");
  });

  it("keep what a person typed, and what a preset says", () => {
    expect(gpusField({ typed: { "model-size": "72B", gpus: "5" } })?.text).toBe("5");
    expect(gpusField({ preset: { "model-size": "72B", gpus: "4" } })?.text).toBe("4");
    expect(gpusField({ preset: { gpus: "2" }, typed: { "model-size": "72B", gpus: "2" } })?.text).toBe("2");
  });
});
