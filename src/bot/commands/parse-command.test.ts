import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changes, reads } from "../../actions/registry.ts";
import { parseCommand, parseMessage } from "./parse-command.ts";

describe("a command", () => {
  it.each([
    ["/train", "", { kind: "help", topic: "train" }],
    ["/train", "start", { kind: "train-form" }],
    [
      "/train",
      "start sft model-size=7B",
      { kind: "train-start", stage: "sft", parameters: { "model-size": "7B" } },
    ],
    [
      "/train",
      "시작 sft model_size=7B",
      { kind: "train-start", stage: "sft", parameters: { "model-size": "7B" } },
    ],
    [
      "/train",
      "start sft base-model=“a b”",
      { kind: "train-start", stage: "sft", parameters: { "base-model": "a b" } },
    ],
    ["/train", "strat sft", { kind: "unknown", topic: "train", word: "strat", suggestion: "start" }],
    ["/train", "list mine", { kind: "train-list", which: "mine" }],
    ["/train", "schedules", { kind: "train-schedules", namespace: "" }],
    ["/train", "list team", { kind: "train-list", which: "team" }],
    ["/train", "list yours", { kind: "invalid" }],
    ["/train", "logs sft-r1 lines=5", { kind: "train-logs", run: "sft-r1", lines: 5 }],
    ["/train", "logs lines=0", { kind: "invalid" }],
    [
      "/train",
      'logs sft-r1 --grep "out of memory"',
      { kind: "train-logs", run: "sft-r1", lines: 50, grep: "out of memory" },
    ],
    ["/train", "logs --grep lr=1e-5 sft-r1", { kind: "train-logs", run: "sft-r1", grep: "lr=1e-5" }],
    ["/train", "logs sft-r1 grep=", { kind: "invalid" }],
    ["/train", "logs sft-r1 --grep", { kind: "invalid" }],
    ["/train", "logs sft-r1 follow grep=loss", { kind: "train-logs-follow", run: "sft-r1", grep: "loss" }],
    ["/train", "로그 --follow", { kind: "train-logs-follow", run: "", grep: "" }],
    ["/train", "차트 sft-r1", { kind: "train-chart", run: "sft-r1" }],
    [
      "/train",
      "start sft gpus=1 gpus=2",
      { kind: "invalid", problems: [{ field: "gpus", code: "given-twice" }] },
    ],
    ["/train", "start sft and more", { kind: "invalid" }],
    ["/cluster", "status", { kind: "cluster-status", cluster: "" }],
    ["/cluster", "stauts", { kind: "unknown", suggestion: "status" }],
    ["/docs", "sources", { kind: "docs-sources" }],
    ["/jibsa", "models", { kind: "models-list" }],
    ["/jibsa", "모델 목록", { kind: "models-list" }],
    ["/jibsa", "models pull qwen3:8b", { kind: "models-pull", model: "qwen3:8b", server: "" }],
    ["/jibsa", "모델 받기 qwen3:8b on=fast", { kind: "models-pull", model: "qwen3:8b", server: "fast" }],
    ["/jibsa", "models pull a b", { kind: "invalid" }],
    ["/jibsa", "modles", { kind: "unknown", suggestion: "models" }],
    ["/docs", "sync guides", { kind: "docs-sync", source: "guides" }],
    ["/docs", "동기화", { kind: "docs-sync", source: "" }],
    [
      "/ask",
      "--compare fast, large How long?",
      { kind: "compare", question: "How long?", models: ["fast", "large"] },
    ],
    ["/ask", "—compare=Fast,Large 왜?", { kind: "compare", question: "왜?", models: ["fast", "large"] }],
    ["/ask", "--compare fast why?", { kind: "compare", question: "why?", models: ["fast"] }],
    ["/docs", "answers", { kind: "docs-answers" }],
    ["/docs", "답변 목록", { kind: "docs-answers" }],
    ["/docs", "answers remove 3", { kind: "docs-answers-remove", number: 3 }],
    ["/docs", "terms", { kind: "docs-terms" }],
    ["/docs", "용어집", { kind: "docs-terms" }],
    ["/docs", "term list", { kind: "docs-terms" }],
    [
      "/docs",
      "term 분산 학습=distributed training",
      { kind: "docs-term", term: "분산 학습", counterpart: "distributed training" },
    ],
    ["/docs", "용어 A = B = C", { kind: "docs-term", term: "A", counterpart: "B = C" }],
    ["/docs", "term remove = 삭제", { kind: "docs-term", term: "remove", counterpart: "삭제" }],
    ["/docs", "term kiln", { kind: "docs-term", term: "kiln", counterpart: "" }],
    ["/docs", "term", { kind: "docs-term", term: "", counterpart: "" }],
    ["/docs", "term remove 분산 학습", { kind: "docs-term-remove", text: "분산 학습" }],
    ["/docs", "sync guides now", { kind: "invalid" }],
    ["/docs", "soruces", { kind: "unknown", suggestion: "sources" }],
    ["/ask", " 왜? ", { kind: "ask", question: "왜?" }],
    ["/ask", "--model large 왜?", { kind: "ask", question: "왜?", model: "large" }],
    ["/ask", "—model=Large why --model?", { kind: "ask", question: "why --model?", model: "large" }],
    ["/ask", "--private 왜?", { kind: "ask", question: "왜?", isPrivate: true }],
    [
      "/ask",
      "—나만 --model=Large why --private?",
      { kind: "ask", question: "why --private?", model: "large", isPrivate: true },
    ],
    [
      "/ask",
      "--model large --private why",
      { kind: "ask", question: "why", model: "large", isPrivate: true },
    ],
    ["/ask", "--privately why", { kind: "ask", question: "--privately why" }],
    ["/ask", "--private", { kind: "help", topic: "ask" }],
    ["/ask", "--model large", { kind: "help", topic: "ask" }],
    ["/ask", "", { kind: "help", topic: "ask" }],
  ])("%s %s is understood", (command, text, expected) => {
    expect(parseCommand(command, text)).toMatchObject(expected);
  });

  it("gives a value for any text", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("/train", "/cluster", "/docs", "/jibsa", "/ask", "/x"),
        fc.string({ maxLength: 5_000 }),
        (command, text) => {
          expect(parseCommand(command, text)).toHaveProperty("kind");
          expect(parseMessage(text)).toHaveProperty("kind");
        },
      ),
    );
  });

  it("keeps a parameter named like a part of the language a mere name", () => {
    const parsed = parseCommand("/train", "start sft __proto__=x constructor=y");

    expect(parsed.kind === "train-start" && Object.keys(parsed.parameters)).toEqual([
      "--proto--",
      "constructor",
    ]);
  });
});

describe("a message", () => {
  it.each([
    ["train start sft", "train-start"],
    ["train list", "train-list"],
    ["How do I retry a failed training run?", "ask"],
    ["train data is broken, what now?", "ask"],
    ["train why", "train-why"],
    ["train 왜 sft-r1", "train-why"],
    ["train why does my loss rise?", "ask"],
    ["help", "help"],
    ["help me with OOM", "ask"],
    ["", "help"],
  ])("%s is taken as %s", (text, kind) => {
    expect(parseMessage(text).kind).toBe(kind);
  });
});

describe("the examples of every action", () => {
  const examples = Object.values({ ...reads, ...changes }).flatMap(({ name, examples: given }) =>
    given.map(({ command, input }) => [command, name, input] as const),
  );

  it.each(examples)("%s is %s", (typed, name, input) => {
    const [command = "", ...words] = typed.split(" ");

    expect(parseCommand(command, words.join(" "))).toEqual({ kind: name, ...input });
  });
});
