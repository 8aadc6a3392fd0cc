import type { GroupReport } from "./group-report.ts";

const COLUMNS: readonly { title: string; of: keyof GroupReport }[] = [
  { title: "R@1", of: "recall_at_1" },
  { title: "R@5", of: "recall_at_5" },
  { title: "R@10", of: "recall_at_10" },
  { title: "MRR", of: "mrr_at_10" },
  { title: "nDCG", of: "ndcg_at_10" },
  { title: "hit@10", of: "hit_at_10" },
  { title: "answer", of: "answer_contained" },
  { title: "cited", of: "citation_precision" },
  { title: "AUROC", of: "refusal_auroc" },
  { title: "ref@5%", of: "refused_at_5pct" },
];

/** For reading in a shell; "-" where there is nothing to measure. */
export function reportTable(groups: readonly GroupReport[]): string {
  const head = `${"group".padEnd(20)} lang ${"asked".padStart(6)}  ${COLUMNS.map(({ title }) => title.padStart(6)).join(" ")}  p50 ms  p95 ms`;
  const rows = groups.map((group) => {
    const cells = COLUMNS.map(({ of }) => {
      const value = group[of];
      return (typeof value === "number" ? value.toFixed(3) : "-").padStart(6);
    });
    const times = [group.p50_ms, group.p95_ms].map((ms) => ms.toFixed(0).padStart(6));
    return `${group.group.slice(0, 20).padEnd(20)} ${group.lang.padEnd(4)} ${String(group.questions).padStart(6)}  ${cells.join(" ")}  ${times.join("  ")}`;
  });
  return [head, ...rows].join("\n");
}
