import { describe, expect, it } from "vitest";
import { createSimilarity } from "./similar-questions.ts";
import { createTermBook } from "./term-book.ts";

const isSame = (one: string, another: string) => {
  const book = createTermBook();
  const there = createSimilarity(one, book)(another);
  const back = createSimilarity(another, book)(one);
  expect(there).toBe(back);
  return there !== undefined;
};

describe("questions that ask the same", () => {
  it.each([
    ["How do I retry a failed training run?", "how can I rerun a failed training run"],
    ["How long do approvals last?", "How long does an approval last?"],
    ["실패한 학습을 다시 돌리려면 어떻게 해요?", "실패한 학습은 어떻게 재시도하나요?"],
    ["승인은 언제 만료돼요?", "승인이 언제 만료되나요"],
    ["How do I mount /data/shared on gpu-3?", "How can I mount /data/shared on gpu-3?"],
  ])("%s = %s", (one, another) => {
    expect(isSame(one, another)).toBe(true);
  });

  it.each([
    ["How do I retry a failed run?", "How do I cancel a failed run?"],
    ["How do I retry a failed training run?", "How do I cancel a failed training run?"],
    ["When do approvals expire?", "Why do approvals expire?"],
    ["How many H100 GPUs does a node have?", "How many A100 GPUs does a node have?"],
    ["How do I upgrade Argo to 3.5?", "How do I upgrade Argo to 3.6?"],
    ["Which jobs may use the queue?", "Which jobs may not use the queue?"],
    ["How do I see the logs?", "How do I see the logs of a failed training run on the other cluster?"],
    ["학습 로그는 어떻게 봐요?", "학습 로그는 어떻게 지워요?"],
    ["승인은 언제 만료돼요?", "승인은 누가 해요?"],
    ["what is it?", "what is that?"],
    ["", "How do I retry a run?"],
  ])("%s is not %s", (one, another) => {
    expect(isSame(one, another)).toBe(false);
  });
});
