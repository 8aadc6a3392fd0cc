import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "#src/config.ts";
import { proposeStart } from "./propose-start.ts";

const { stages } = readConfig({}, { file: join(import.meta.dirname, "../../../jibsa.example.yaml") });
const propose = (sentence: string) => proposeStart(sentence, stages);

describe("the start that a sentence asks for", () => {
  it.each([
    ["start sft with 7B", "sft", { "model-size": "7B" }],
    ["Can you run the sft stage with learning rate 1e-5?", "sft", { "learning-rate": "1e-5" }],
    [
      "How do I start another sft run with 72B and learning-rate=2e-5?",
      "sft",
      { "model-size": "72B", "learning-rate": "2e-5" },
    ],
    ["sft를 7B로 시작해 줘", "sft", { "model-size": "7B" }],
    ["7B sft 돌려줘", "sft", { "model-size": "7B" }],
    ["launch rlhf", "rlhf", {}],
  ])("%s", (sentence, stage, parameters) => {
    expect(propose(sentence)).toEqual({ stage, parameters, dropped: [] });
  });

  it("drops what the stage does not have or does not allow, and says what", () => {
    expect(propose("start sft with model-size=9B warp-drive=on learning-rate=1e-5 image=evil")).toEqual({
      stage: "sft",
      parameters: { "learning-rate": "1e-5" },
      dropped: ["model-size=9B", "warp-drive=on", "image=evil"],
    });
  });

  it.each([
    "Why did sft fail?",
    "What is sft?",
    "sft 가 실행됐나요?",
    "Do not start sft",
    "sft 시작하지 마",
    "How do I start?",
    "start sftx with 7B",
    "Did the run fail? sft is what I mean.",
    "",
  ])("none: %s", (sentence) => {
    expect(propose(sentence)).toBeUndefined();
  });
});
