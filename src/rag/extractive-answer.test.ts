import { describe, expect, it } from "vitest";
import { extractiveAnswer } from "./extractive-answer.ts";
import { indexDocument } from "./indexed-document.ts";
import { questionTerms } from "./question-terms.ts";
import { termStatistics } from "./term-statistics.ts";

function quotes(content: string, question: string): string[] {
  const document = {
    path: "page.md",
    content,
    format: "markdown" as const,
    updatedAt: new Date(0),
    url: "https://d.example/page.md",
  };
  const { chunks } = indexDocument("docs", "public", document);
  const passages = chunks.map((chunk) => ({ chunk, score: 1, coverage: 1 }));
  const statistics = termStatistics(chunks.map(({ searchText }) => searchText));
  return extractiveAnswer(passages, questionTerms(question), statistics, "en").map(({ text }) => text);
}

describe("quotes", () => {
  it.each([
    ["There are two topologies of a cluster:", "What are the two topologies of a cluster?"],
    ["클러스터 토폴로지는 다음과 같다.", "클러스터 토폴로지 두 가지는?"],
  ])("hold the list that a sentence introduces, once: %s", (sentence, question) => {
    const found = quotes(`# Clusters\n\n${sentence}\n\n- stacked etcd\n- external etcd\n`, question);

    expect(found).toEqual([`“${sentence} · stacked etcd · external etcd”`]);
  });

  it("leave out a list that only stands below", () => {
    const found = quotes(
      "# Clusters\n\nA topology of a cluster is chosen once.\n\n- coffee\n- tea\n",
      "When is the topology of a cluster chosen?",
    );

    expect(found[0]).toBe("“A topology of a cluster is chosen once.”");
  });

  it("hold the beginning of a long list", () => {
    const items = Array.from({ length: 40 }, (_, number) => `- topology-${number} of it`).join("\n");

    const [first = ""] = quotes(`# Clusters\n\nThe topologies:\n\n${items}`, "Which topologies are there?");

    expect(first).toContain("topology-0 of it · topology-1 of it");
    expect(first.length).toBeLessThan(710);
  });
});
