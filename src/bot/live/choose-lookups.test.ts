import { describe, expect, it } from "vitest";
import { chooseLookups } from "./choose-lookups.ts";

const STAGES = ["preprocess", "cpt", "sft", "rlhf"];
const kinds = (question: string) =>
  chooseLookups(question, STAGES).lookups.map((lookup) =>
    lookup.kind === "run"
      ? `run ${lookup.run}`
      : lookup.kind === "last-failure"
        ? `failure ${lookup.stage}`
        : lookup.kind,
  );

describe("the lookups that a question asks for", () => {
  it.each([
    ["내 학습 지금 어때?", "my-runs"],
    ["제 학습 잘 돌고 있나요?", "my-runs"],
    ["내가 돌린 실행은 어디까지 됐어?", "my-runs"],
    ["우리 학습 끝났어?", "my-runs"],
    ["How is my training doing?", "my-runs"],
    ["what's the status of my runs", "my-runs"],
    ["왜 내 실행이 대기 중이에요?", "my-runs"],
    ["Why is my run waiting?", "my-runs"],
    ["Are my jobs still running?", "my-runs"],
    ["GPU 몇 개 남았어요?", "free-gpus"],
    ["지금 빈 GPU 있어?", "free-gpus"],
    ["H100 남는 거 몇 개야?", "free-gpus"],
    ["How many GPUs are free?", "free-gpus"],
    ["are there any idle H100s right now", "free-gpus"],
    ["내 쿼터 얼마나 남았어?", "allowances"],
    ["GPU를 몇 개까지 쓸 수 있나요?", "allowances"],
    ["How much of my quota is left?", "allowances"],
    ["What are my limits?", "allowances"],
    ["why did sft-r1a2b3 fail?", "run sft-r1a2b3"],
    ["sft-r1a2b3 왜 죽었어?", "run sft-r1a2b3"],
    ["sft-r1a2b3은 지금 어때요?", "run sft-r1a2b3"],
    ["sft 왜 실패했어?", "failure sft"],
    ["내 학습이 왜 실패했지?", "failure "],
    ["What was the last error of my run?", "failure "],
  ])("%s", (question, lookup) => {
    expect(kinds(question)).toEqual([lookup]);
  });

  it.each([
    "How do I retry a failed training run?",
    "실패한 학습을 다시 돌리려면 어떻게 해요?",
    "How many GPUs does a node have?",
    "노드 하나에 GPU가 몇 개예요?",
    "How do I see the status of my run?",
    "내 학습 로그는 어떻게 봐요?",
    "What does CrashLoopBackOff mean?",
    "승인은 언제 만료돼요?",
    "How are my credentials stored?",
    "Why did Argo deprecate the ContainerSet?",
    "쿼터가 뭐예요?",
    "",
  ])("none: %s", (question) => {
    expect(kinds(question)).toEqual([]);
  });

  it("may be all that is asked, or what documents say more about", () => {
    expect(chooseLookups("내 학습 지금 어때?", STAGES).areAll).toBe(true);
    expect(chooseLookups("How many GPUs are free?", STAGES).areAll).toBe(true);
    expect(chooseLookups("Why is my run waiting?", STAGES).areAll).toBe(false);
    expect(chooseLookups("why did sft-r1a2b3 fail?", STAGES).areAll).toBe(false);
    expect(chooseLookups("What is a pod?", STAGES).areAll).toBe(false);
  });
});
