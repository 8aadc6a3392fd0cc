import { describe, expect, it } from "vitest";
import type { FailureFacts } from "../../actions/training/failures/failure-diagnosis.ts";
import { failureTextsFor } from "./failure-texts.ts";

const en = failureTextsFor("en");
const ko = failureTextsFor("ko");
const kinds = Object.keys(en) as (keyof typeof en)[];
const everything: FailureFacts = {
  rank: 3,
  exitCode: 137,
  triedGib: 2.5,
  freeGib: 0.5,
  totalGib: 79.1,
  xid: 79,
  path: "/data/`x`\n<!channel>",
  image: "<https://evil.example|image>",
  node: "gpu-3",
  module: "flash_attn",
  repository: "team/model",
  operation: "ALLREDUCE",
  error: "ValueError",
  message: "<@U1> & co",
  sequenceTokens: 5_321,
  modelTokens: 4_096,
  freeQuotaGpus: 4,
};

describe("the words for a failure", () => {
  it("fill in what is known, in both languages", () => {
    const facts = { rank: 0, triedGib: 2.5, freeGib: 1.9 };

    expect(en["cuda-out-of-memory"].reason(facts)).toBe(
      "CUDA out of memory on rank 0: tried to allocate 2.5 GiB, 1.9 GiB free",
    );
    expect(ko["cuda-out-of-memory"].reason(facts)).toBe(
      "rank 0에서 CUDA 메모리가 부족했어요 (2.5 GiB 할당 시도, 1.9 GiB 남음)",
    );
    expect(en["cuda-out-of-memory"].reason({ triedGib: 0.4961 })).toContain("508 MiB");
    expect(en["gpu-fault"].reason({ xid: 79 })).toContain("fallen off the bus");
    expect(ko["gpu-fault"].reason({ xid: 79 })).toContain("XID 79");
  });

  it.each(kinds)("%s: one line for the reason and one for the advice, with facts and without", (kind) => {
    expect(Object.keys(ko)).toContain(kind);
    for (const texts of [en, ko])
      for (const facts of [{}, everything])
        for (const text of [texts[kind].reason(facts), texts[kind].advice(facts)]) {
          expect(text).toMatch(/^\S.{5,400}\S$/);
          expect(text).not.toMatch(/undefined|NaN\b(?!이나| or)|<[@!h]|\[object/);
        }
  });

  it("are Korean in Korean, and polite", () => {
    for (const kind of kinds) {
      expect(ko[kind].reason({})).toMatch(/요(?:$|[ :(])/);
      expect(ko[kind].advice({})).toMatch(/요\.$/);
    }
  });
});
