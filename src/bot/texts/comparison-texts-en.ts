import { code, escapeMrkdwn } from "../escape.ts";

/** Two models and the same question. */
export const comparisonTextsEn = {
  title: (first: string, second: string) => `${escapeMrkdwn(first)} and ${escapeMrkdwn(second)} answer`,
  better: (model: string) => `${model} is better`,
  voted: (model: string) => `Your vote counts for ${code(model)}. Press the other button to change it.`,
  wroteNothing: "wrote nothing that could be used: quoted from the documents",
  notCounted: "tokens not counted",
  tokens: (prompt: number, answer: number) => `${prompt} + ${answer} tokens`,
  howTo: (models: readonly string[]) =>
    models.length < 2
      ? "Two models are needed to compare, and there are not two."
      : `Name two different models: ${code(`/ask --compare ${models.slice(0, 2).join(",")} How do I retry a run?`)}. There are ${models.map(code).join(", ")}.`,
};
