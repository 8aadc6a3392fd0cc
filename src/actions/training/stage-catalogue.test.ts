import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stageFixture } from "#test/fixtures/stages.ts";
import { diffObjects } from "./diff-objects.ts";
import { formatPath } from "./object-path.ts";
import { applyParams, findStage, formatValue, parseStageParams } from "./stage-catalogue.ts";

const stage = stageFixture();

describe("stage parameters", () => {
  it("take the defaults where nothing is given", () => {
    expect(parseStageParams(stage, { "model-size": "72b" })).toEqual({
      ok: true,
      value: { "model-size": "72B", "learning-rate": 2e-5, gpus: 2, "base-model": "/output/cpt_model" },
    });
  });

  it.each([
    [{ gpus: "0.5" }, "gpus", "not-an-integer"],
    [{ gpus: "0" }, "gpus", "below-minimum"],
    [{ gpus: "9" }, "gpus", "above-maximum"],
    [{ gpus: "0x2" }, "gpus", "not-an-integer"],
    [{ gpus: "two" }, "gpus", "not-an-integer"],
    [{ gpus: "" }, "gpus", "not-an-integer"],
    [{ "learning-rate": "Infinity" }, "learning-rate", "not-a-number"],
    [{ "model-size": "8B" }, "model-size", "not-a-choice"],
    [{ "base-model": "$(rm -rf /)" }, "base-model", "bad-characters"],
    [{ "base-model": "/output/../../etc" }, "base-model", "bad-characters"],
    [{ "base-model": "a".repeat(300) }, "base-model", "too-long"],
    [{ constructor: "x" }, "constructor", "unknown-field"],
  ])("refuse %j by name", (given, field, code) => {
    const parsed = parseStageParams(stage, given);

    expect(parsed.ok ? [] : parsed.failure).toEqual([expect.objectContaining({ field, code })]);
  });

  it("tell every problem together, with the nearest name", () => {
    const parsed = parseStageParams(stage, { "learnin-rate": "1", gpus: "99" });

    expect(parsed.ok ? [] : parsed.failure.map(({ field, suggestion }) => [field, suggestion])).toEqual([
      ["learnin-rate", "learning-rate"],
      ["gpus", undefined],
    ]);
  });

  it("may be absolute paths, as every default of the example is", () => {
    const parsed = parseStageParams(stage, { "base-model": "/output/cpt_model" });

    expect(parsed).toMatchObject({ ok: true, value: { "base-model": "/output/cpt_model" } });
  });

  it("change only their declared paths, whatever is typed", () => {
    const declared = new Set([
      ...stage.parameters.map((parameter) => formatPath(parameter.path)),
      modelPathItself,
    ]);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("gpus", "model-size", "learning-rate", "base-model", "x"), fc.string()),
        (given) => {
          const parsed = parseStageParams(stage, given);
          if (!parsed.ok) return;
          for (const { path } of diffObjects(stage.template, applyParams(stage, parsed.value)))
            expect(declared).toContain(path);
        },
      ),
    );
  });

  it("write a small number as people do, and keep numbers numbers", () => {
    expect(formatValue(1e-5)).toBe("1e-5");
    expect(formatValue(0.05)).toBe("0.05");
    expect(formatValue(32)).toBe("32");
    expect(JSON.stringify(applyParams(stage, { gpus: 4 }))).toContain('"nvidia.com/gpu":4');
  });
});

describe("findStage", () => {
  it("names the stages and the nearest one for a typo", () => {
    const found = findStage([stage], "stf");

    expect(found.ok ? undefined : found.failure).toMatchObject({
      code: "unknown-stage",
      allowed: "sft",
      suggestion: "sft",
    });
  });
});

/** The template has no MODEL_PATH, so the whole entry is new. */
const modelPathItself = "spec.pytorchReplicaSpecs.Master.template.spec.containers[pytorch].env[MODEL_PATH]";
