import { describe, expect, it } from "vitest";
import type { RunDetail } from "../../actions/training/engine-ports.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import { validateBlocks } from "../../slack-limits/validate-blocks.ts";
import { textsFor } from "../texts/texts.ts";
import { readOverflow } from "./message.ts";
import { runLine } from "./run-line.ts";
import { runButtons } from "./run-buttons.ts";
import { runDetails } from "./run-list.ts";

const [en, ko] = [textsFor("en"), textsFor("ko")];

function run(detail: RunDetail = {}, overrides: Partial<RunRow> = {}): RunRow {
  return {
    id: "r1",
    request_id: "r1",
    engine: "argo-workflow",
    stage: "korean-llm",
    title: "korean-llm · 7B",
    cluster: "onprem-a",
    namespace: "llm-training",
    name: "korean-llm-r1",
    uid: "u-1",
    owner: "U01RESEARCHER",
    team: null,
    gpus: 4,
    simulated: false,
    state: "running",
    progress: null,
    reason: null,
    detail,
    attempt: 1,
    cancel_requested_by: null,
    cancel_requested_at: null,
    created_at: new Date(0),
    started_at: new Date(0),
    ended_at: null,
    observed_at: new Date(0),
    attended_at: null,
    measured_at: null,
    ...overrides,
  };
}
const wordsOf = (value: unknown) => JSON.stringify(value);
const elementsOf = (block: ReturnType<typeof runButtons>) =>
  (block as { elements: { type: string; action_id: string; options?: { value: string }[] }[] }).elements;

const pipeline: RunDetail = {
  steps: [
    { name: "preprocess", state: "succeeded" },
    { name: "cpt", state: "succeeded" },
    { name: "sft", state: "running", progress: 0.4 },
    { name: "evaluate", state: "waiting" },
  ],
};

describe("the time that is left", () => {
  it("is what the platform says, else what the progress so far makes likely", () => {
    const halfWay = { progress: 0.5, observed_at: new Date(3_600_000) };

    expect(runLine(run({}, halfWay), false, en)).toContain(en.timeLeft(en.hours(1)));
    expect(runLine(run({ remainingSeconds: 600 }, halfWay), false, en)).toContain(
      en.timeLeft(en.hours(1 / 6)),
    );
  });
});

describe("a run of several steps", () => {
  it("says in its first line where it is", () => {
    expect(runLine(run(pipeline), false, en)).toContain("2 of 4: sft 40 %");
    expect(runLine(run(pipeline), false, ko)).toContain("4개 중 2개: sft 40 %");
  });

  it("shows each step with its sign, its state in words and its progress", () => {
    const shown = wordsOf(runDetails(run(pipeline), false, ko));

    expect(shown).toContain("✅ preprocess · 성공");
    expect(shown).toContain("🔵 sft · 실행 중 ▓▓▓▓░░░░░░ 40 %");
  });

  it("names the rest by their number", () => {
    const steps = Array.from({ length: 40 }, (_, index) => ({
      name: `s${index}`,
      state: "waiting" as const,
    }));

    expect(wordsOf(runDetails(run({ steps }), false, en))).toContain("and 28 more");
  });
});

describe("the buttons of a run", () => {
  it.each([
    ["that runs", run(), ["run.logs", "run.cancel"]],
    [
      "that waits at a gate",
      run({ gates: [{ id: "n1", name: "approve" }] }),
      ["gate.approve", "gate.reject"],
    ],
    ["that succeeded", run({}, { state: "succeeded", ended_at: new Date(1) }), ["run.logs", "run.again"]],
  ])("%s are two, and a menu", (_what, given, expected) => {
    const elements = elementsOf(runButtons(given, en));

    expect(elements.filter(({ type }) => type === "button").map(({ action_id: id }) => id)).toEqual(expected);
    expect(elements.filter(({ type }) => type === "overflow")).toHaveLength(1);
  });

  it("offer to resume what is suspended, and to suspend what is not", () => {
    const menuOf = (detail: RunDetail) =>
      elementsOf(runButtons(run(detail), en))
        .flatMap(({ options = [] }) => options)
        .map(({ value }) => readOverflow(value));

    expect(menuOf({ suspendable: true })).toContainEqual({ actionId: "run.suspend", value: "r1" });
    expect(menuOf({})).not.toContainEqual({ actionId: "run.suspend", value: "r1" });
    expect(menuOf({ suspended: true })).toContainEqual({ actionId: "run.resume", value: "r1" });
  });
});

describe("a run that failed", () => {
  const failure: NonNullable<RunDetail["failure"]> = {
    kind: "cuda-out-of-memory",
    facts: { rank: 0, triedGib: 2.5, freeGib: 1.9 },
    lines: ["torch.OutOfMemoryError: CUDA out of memory <!channel>"],
    lastStep: 812,
    totalSteps: 4_100,
    remedy: { changes: [{ parameter: "batch-size", from: 8, to: 4 }] },
    documentQuery: "CUDA out of memory",
  };
  const failed = run({ failure }, { state: "failed", ended_at: new Date(1) });

  it.each([en, ko])("says why, where, what the log says and what to try ($locale)", (texts) => {
    const shown = wordsOf(runDetails(failed, false, texts));

    expect(shown).toContain("CUDA");
    expect(shown).toContain("812");
    expect(shown).toContain("`batch-size` `8` → `4`");
    expect(shown).toContain("run.remedy");
  });

  it("quotes the log as text that mentions nobody", () => {
    expect(wordsOf(runDetails(failed, false, en))).not.toContain("<!channel>");
  });
});

describe("a sweep", () => {
  it("shows how far it is, the best and the latest trials", () => {
    const trial = {
      name: "t1",
      state: "succeeded" as const,
      parameters: { lr: "1e-5" },
      metrics: { accuracy: 0.912345 },
    };
    const trials = { counts: { succeeded: 3, running: 1 }, planned: 20, best: trial, recent: [trial] };

    const shown = wordsOf(runDetails(run({ trials }), false, en));

    expect(shown).toContain("3 of 20 trials");
    expect(shown).toContain("accuracy 0.9123");
    expect(shown).toContain("`lr=1e-5`");
  });
});

it("every view of a run keeps Slack's limits, however long its words are", () => {
  const long = "말".repeat(5_000);
  const detail: RunDetail = {
    steps: Array.from({ length: 100 }, () => ({ name: long, state: "failed" as const, reason: long })),
    gates: [{ id: "n1", name: long, message: long }],
    trials: {
      counts: {},
      planned: 1,
      recent: Array.from({ length: 20 }, () => ({
        name: long,
        state: "failed" as const,
        parameters: { [long]: long },
        metrics: { [long]: 1 },
      })),
    },
  };

  const views = [
    runDetails(run(detail, { reason: long }), true, en),
    runDetails(run(detail, { reason: long }), true, ko),
  ];

  for (const view of views) expect(validateBlocks("message", view.blocks)).toEqual([]);
});
