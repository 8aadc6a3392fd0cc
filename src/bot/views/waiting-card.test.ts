import { describe, expect, it } from "vitest";
import type { Preview } from "../../actions/ports.ts";
import type { RunDetail } from "../../actions/training/engine-ports.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import type { WaitingReason } from "../../actions/training/waiting/waiting-explanation.ts";
import { textsFor } from "../texts/texts.ts";
import { gpuHoursAndCost, outlookLines } from "./outlook-lines.ts";
import { waitingCard } from "./waiting-card.ts";

const [en, ko] = [textsFor("en"), textsFor("ko")];
const reasons: readonly WaitingReason[] = [
  { kind: "no-node-large-enough", gpus: 16, gpuType: "h100", largest: 8 },
  { kind: "no-node-large-enough", gpus: 4, gpuType: "b200", largest: 0 },
  { kind: "all-busy", gpus: 4, gpuType: "h100", largestFree: { gpus: 2, node: "gpu-3" } },
  { kind: "all-busy", gpus: 1, largestFree: { gpus: 0, node: "gpu-3" } },
  { kind: "all-busy", gpus: 4, gpuType: "h100" },
  { kind: "resources-busy", resources: ["memory"] },
  { kind: "kueue-quota", queue: "research", reason: "Pending", words: "no quota", gpusMissing: 1 },
  { kind: "kueue-quota", queue: "research", reason: "Pending", words: "too large", exceedsQuota: true },
  { kind: "kueue-quota", queue: "research", reason: "Inadmissible", words: "gone", evicted: "Preempted" },
  { kind: "suspended" },
  { kind: "suspended", queue: "research" },
  { kind: "image-pull", image: "example/train:1", words: "ErrImagePull" },
  {
    kind: "unschedulable",
    nodes: 3,
    causes: [
      { kind: "taint", nodes: 1 },
      { kind: "selector", nodes: 1 },
      { kind: "cordoned", nodes: 1 },
    ],
  },
  { kind: "volume-not-bound", claim: "data", words: "not found" },
  { kind: "quota-exceeded", quota: "gpus", words: "exceeded quota" },
  { kind: "unknown" },
  { kind: "unknown", words: "binding timed out" },
];

describe("every reason of waiting", () => {
  it.each(reasons)("has a sentence in both languages: $kind", (reason) => {
    expect(en.waiting.reason(reason)).not.toMatch(/undefined|[가-힣]/);
    expect(ko.waiting.reason(reason)).toMatch(/[가-힣]/);
    expect(ko.waiting.reason(reason)).not.toContain("undefined");
  });

  it("shows what a platform says without letting it speak to anybody", () => {
    const reason: WaitingReason = { kind: "unknown", words: "<!channel> look *here*" };

    for (const texts of [en, ko]) expect(texts.waiting.reason(reason)).toContain("&lt;!channel&gt;");
  });

  it("names the largest free block", () => {
    const busy = reasons[2] as WaitingReason;

    expect(en.waiting.reason(busy)).toBe("No node has 4 h100 free: the largest free block is 2 (gpu-3).");
    expect(ko.waiting.reason(busy)).toBe(
      "h100 4개가 한꺼번에 비어 있는 노드가 없어요. 가장 많이 빈 곳은 2개예요 (gpu-3).",
    );
  });
});

describe("a run that does not wait", () => {
  const run = (state: RunRow["state"], detail: RunDetail = {}): RunRow =>
    ({
      id: "r1",
      title: "sft · 7B",
      name: "sft-r1",
      state,
      detail,
      ended_at: null,
      progress: null,
    }) as RunRow;
  const shown = (row: RunRow) =>
    JSON.stringify(waitingCard({ kind: "not-waiting", run: row }, false, new Date(0), en));

  it("is told so", () => {
    expect(shown(run("running"))).toContain("It does not wait: running.");
  });

  it("is told why it failed instead", () => {
    const failure = { kind: "cuda-out-of-memory", facts: { rank: 0 }, lines: [], documentQuery: "" } as const;

    expect(shown(run("failed", { failure }))).toContain("memory");
  });
});

describe("a preview's outlook", () => {
  const preview = (outlook: Preview["outlook"], freeGpus?: Preview["freeGpus"]): Preview =>
    ({ gpuType: "h100", gpuHours: 24, outlook, freeGpus }) as Preview;

  it("says when it may start, what is free and what it leaves of quotas", () => {
    const shown = preview(
      { start: { kind: "now" }, quotaAfter: [{ name: "team", used: 7, limit: 8 }] },
      { free: 5, total: 16 },
    );

    expect(outlookLines(shown, en)).toEqual([
      "*may start*  now · 5 of 16 h100 free",
      "*quota after*  7 of 8 GPUs (team)",
    ]);
    expect(outlookLines(shown, ko)[1]).toBe("*시작 후 쿼터*  GPU 8개 중 7개 (team)");
  });

  it("says a range where it has to wait, and that there is no history where there is none", () => {
    const after = preview({ start: { kind: "after", fromHours: 0.5, toHours: 2, waits: 41 } });
    const unknown = preview({ start: { kind: "no-history", waits: 2, needed: 5 } });

    expect(outlookLines(after, en)[0]).toContain("after 30 min to 2 h (from 41 similar waits)");
    expect(outlookLines(unknown, en)[0]).toContain("no estimate yet, 2 similar waits are known");
  });

  it("keeps to the free GPUs for previews of before, and to the GPU-hours without rates", () => {
    expect(outlookLines(preview(undefined, { free: 5, total: 16 }), en)).toEqual(["*free now*  5 of 16"]);
    expect(gpuHoursAndCost(preview(undefined), en)).toBe("24 GPU-hours");
  });

  it("prices the GPU-hours", () => {
    const priced = preview({ cost: { amount: 31_200, currency: "KRW" } });

    expect(gpuHoursAndCost(priced, en)).toBe("about 24 GPU-hours, 31,200 KRW");
    expect(gpuHoursAndCost(priced, ko)).toBe("약 24 GPU시간, 31,200 KRW");
  });
});
