import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuMs } from "#test/cpu-ms.ts";
import { tokenize } from "./tokenize.ts";

describe("tokenize", () => {
  it.each([
    ["retries, retried and retrying", ["retry", "retry", "retry"]],
    ["How do I run the caches?", ["run", "cach"]],
    ["set_caching_options", ["setzqcachingzqoptions", "set", "cach", "option"]],
    ["retryStrategy", ["retrystrategy", "retry", "strategy"]],
    ["PyTorchJob", ["pytorchjob", "py", "torch", "job"]],
    ["nvidia.com/gpu", ["nvidiazqcomzqgpu", "nvidia", "com", "gpu"]],
    ["--dry-run=server", ["dryzqrun", "dry", "run", "server"]],
    ["3.6", ["3zq6"]],
    ["v3.6.1부터", ["3zq6zq1", "3zq6"]],
    ["C++ and C#", ["cpp", "csharp"]],
    ["H100 8장", ["h100", "8", "장"]],
  ])("reads %j", (text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
  });

  it.each([
    ["재시도를", ["재시", "시도", "도를"]],
    ["큐", ["큐"]],
    ["큐를", ["큐를", "큐"]],
    ["큐에서", ["큐에", "에서", "큐"]],
    ["GPU를 쓰는 노드", ["gpu", "쓰는", "쓰", "노드"]],
    ["GPU노드", ["gpu", "노드"]],
    ["検索", ["検索"]],
  ])("pairs the syllables of %j", (text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
  });

  it.each([
    ["ＧＰＵ　ｓｆｔ", "GPU sft"],
    ["ｶﾀｶﾅ", "カタカナ"],
    ["한글".normalize("NFD"), "한글"],
    ["ﾡﾰ", "ㄱㅎ"],
    ["CHECKPOINT", "checkpoint"],
  ])("reads %j as %j", (text, same) => {
    expect(tokenize(text)).toEqual(tokenize(same));
  });

  it("finds the noun of a word with any particle", () => {
    const noun = tokenize("체크포인트");

    for (const particle of ["를", "가", "에서", "으로", "까지"])
      expect(tokenize(`체크포인트${particle}`)).toEqual(expect.arrayContaining(noun));
  });

  it("takes a sign of the Han script that is no letter for no word", () => {
    expect(tokenize("⺀ 集群")).toEqual(tokenize("集群"));
  });

  it("gives letters and digits only, lower-case, at most 64 characters, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        for (const token of tokenize(text)) {
          expect(token).toMatch(/^[\p{L}\p{Nd}]{1,64}$/u);
          expect(token.toLowerCase()).toBe(token);
        }
      }),
    );
  });

  it("does not depend on what stands before or after, a space apart", () => {
    const words = fc.constantFrom(
      "GPU를",
      "큐",
      "retryStrategy",
      "3.6",
      "재시도",
      "a_b",
      "the",
      "노드에서",
      "C++",
    );
    fc.assert(
      fc.property(fc.array(words), fc.array(words), (left, right) => {
        expect(tokenize([...left, ...right].join(" "))).toEqual([
          ...tokenize(left.join(" ")),
          ...tokenize(right.join(" ")),
        ]);
      }),
    );
  });

  it("reads half a megabyte in less than a second", () => {
    const startedMs = cpuMs();

    tokenize("set_caching_options 재시도를 ".repeat(20_000));
    tokenize("a".repeat(250_000));
    tokenize("-_./:@".repeat(50_000));

    expect(cpuMs() - startedMs).toBeLessThan(1_000);
  });
});
