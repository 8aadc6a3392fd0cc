import { describe, expect, it } from "vitest";
import { asksForSummary } from "./asks-for-summary.ts";

describe("a summary of the thread", () => {
  it.each([
    "summarize this thread",
    "Summarise the thread, please.",
    "summarize",
    "can you summarize this thread for me?",
    "Give me a summary of this conversation so far",
    "thread summary",
    "tl;dr of this thread",
    "TLDR please",
    "recap",
    "이 스레드 요약해줘",
    "이 스레드를 요약해 주세요.",
    "스레드 요약",
    "스레드 내용 간단히 정리해 주세요",
    "지금까지 대화 요약 부탁해요",
    "여기 논의 내용 좀 정리해줘!",
    "요약해줘",
    "이 쓰레드 세 줄로 요약해 줄래?",
  ])("is asked for by: %s", (text) => {
    expect(asksForSummary(text)).toBe(true);
  });

  it.each([
    "How do I summarize a thread?",
    "summarize the training guide",
    "What does the summary page of a run show?",
    "summarize this thread and then start sft",
    "학습 로그를 요약해줘",
    "체크포인트 정책 요약해줘",
    "요약 모델은 어떻게 학습해요?",
    "스레드가 뭐예요?",
    "정리 작업은 언제 돌아요?",
    "",
  ])("is not asked for by: %s", (text) => {
    expect(asksForSummary(text)).toBe(false);
  });
});
