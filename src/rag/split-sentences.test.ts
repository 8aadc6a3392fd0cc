import { describe, expect, it } from "vitest";
import { splitSentences } from "./split-sentences.ts";

const texts = (markdown: string) => splitSentences(markdown).map(({ kind, text }) => `${kind}: ${text}`);

describe("splitSentences", () => {
  it("joins wrapped lines and cuts at the ends of sentences, in both languages", () => {
    expect(
      texts("A run waits\nuntil GPUs are free. Then it starts.\n\n대기열에서 기다려요. 그다음에\n시작해요."),
    ).toEqual([
      "prose: A run waits until GPUs are free.",
      "prose: Then it starts.",
      "prose: 대기열에서 기다려요.",
      "prose: 그다음에 시작해요.",
    ]);
  });

  it("takes list items, table rows and code as they are", () => {
    const markdown =
      "Steps:\n- Press **Retry**\n- Wait\n  a while\n\n| key | use |\n|---|---|\n| gpu | runs |\n\n```sh\n  a\n    b\n```";

    expect(texts(markdown)).toEqual([
      "prose: Steps:",
      "item: Press Retry",
      "item: Wait a while",
      "row: key · use",
      "row: gpu · runs",
      "code: a\n  b",
    ]);
  });

  it("shows what readers see: labels of links, text of template tags, no markup", () => {
    expect(
      texts(
        'See [the docs](https://e.example/x_(y)), ![pic](p.png) and {{< glossary_tooltip text="파드" term_id="pod" >}}가.<br>',
      ),
    ).toEqual(["prose: See the docs, pic and 파드가."]);
  });

  it("bears what is broken", () => {
    expect(texts("")).toEqual([]);
    expect(texts("```\nopen")).toEqual(["code: open"]);
    expect(texts("|||\n|-|")).toEqual([]);
  });
});
