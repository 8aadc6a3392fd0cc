import { describe, expect, it } from "vitest";
import { indexDocument } from "../rag/indexed-document.ts";
import { renderPage } from "./render-page.ts";

describe("a page of the documents", () => {
  it("has the anchors that citations of it point to", () => {
    const content =
      "---\ntitle: Guide\n---\n# 안내서\n\n## 다시 돌리기 `retry`\n\nA.\n\n## Same\n\nB.\n\n## Same\n\nC.\n\n## Named {#own-id}\n\nD.";
    const document = {
      path: "guide.md",
      content,
      format: "markdown" as const,
      updatedAt: new Date(0),
      url: "http://d.example/guide.md",
    };
    const anchors = indexDocument("docs", "public", document).chunks.map(({ anchor }) => anchor);

    const html = renderPage(content, "guide.md");

    expect(anchors).toEqual(expect.arrayContaining(["same-1", "own-id"]));
    expect(html).not.toContain("{#");
    for (const anchor of anchors) expect(html).toContain(`id="${anchor}"`);
    expect(html).toContain("<title>Guide</title>");
  });

  it("runs nothing that somebody wrote into it", () => {
    const html = renderPage(
      "# <script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1))",
      '"><script>.md',
    );

    expect(html).not.toMatch(/<script|<img|href="javascript/i);
  });
});
