import { describe, expect, it } from "vitest";
import { decideHold, type Hold, type HoldProgress } from "./hold.ts";

const now = new Date("2026-11-25T03:00:00Z");
const hold: Hold = { start: "claim", before: "2026-11-27T09:00:00Z", podGpus: [4] };
const decide = (
  progress: HoldProgress | undefined,
  facts: Partial<Parameters<typeof decideHold>[2]> = {},
  wanted = hold,
) => decideHold(wanted, progress, { now, fits: false, claimed: false, ...facts });

describe("a start that waits for free GPUs", () => {
  it("waits while there is no room", () => {
    expect(decide(undefined)).toEqual({ kind: "hold", progress: { state: "waiting" } });
  });

  it("is offered for ten minutes as soon as there is", () => {
    expect(decide({ state: "waiting" }, { fits: true })).toEqual({
      kind: "hold",
      progress: { state: "offered", until: "2026-11-25T03:10:00.000Z" },
    });
  });

  it("starts by itself where that was chosen", () => {
    expect(decide(undefined, { fits: true }, { ...hold, start: "auto" })).toEqual({ kind: "go" });
  });

  it("starts when it is claimed, whatever has become of the room", () => {
    const offered: HoldProgress = { state: "offered", until: "2026-11-25T03:05:00Z" };

    expect(decide(offered, { claimed: true })).toEqual({ kind: "go" });
  });

  it("keeps its offer until the ten minutes are over, and then lets others have their turn", () => {
    const offered = (until: string): HoldProgress => ({ state: "offered", until });

    expect(decide(offered("2026-11-25T03:05:00Z"))).toMatchObject({ progress: { state: "offered" } });
    const missed = decide(offered("2026-11-25T02:59:00Z"), { fits: true });
    expect(missed).toEqual({
      kind: "hold",
      progress: { state: "missed", again: "2026-11-25T03:30:00.000Z" },
    });
    expect(decide({ state: "missed", again: "2026-11-25T03:30:00Z" }, { fits: true })).toMatchObject({
      progress: { state: "missed" },
    });
    expect(decide({ state: "missed", again: "2026-11-25T02:59:00Z" }, { fits: true })).toMatchObject({
      progress: { state: "offered" },
    });
  });

  it("is given up at its deadline, and an offer does not outlive it", () => {
    expect(decide(undefined, { fits: true }, { ...hold, before: "2026-11-25T03:00:00Z" })).toEqual({
      kind: "expired",
    });
    expect(decide(undefined, { fits: true }, { ...hold, before: "2026-11-25T03:04:00Z" })).toMatchObject({
      progress: { until: "2026-11-25T03:04:00.000Z" },
    });
  });
});
