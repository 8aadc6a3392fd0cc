import { describe, expect, it } from "vitest";
import type { GpuNode } from "../../cluster-ports.ts";
import { fitsNow, foreseeStart } from "./preview-outlook.ts";

const node = (name: string, gpuType: string, total: number, allocated: number, ready = true): GpuNode => ({
  name,
  gpuType,
  ready,
  total,
  allocated,
  holders: [],
});
const nodes = [node("gpu-1", "h100", 8, 5), node("gpu-2", "h100", 8, 6), node("old-1", "a100", 8, 0)];
const hours = (number: number) => number * 3_600_000;
const foresee = (podGpus: number[], more: Partial<Parameters<typeof foreseeStart>[0]> = {}) =>
  foreseeStart({ podGpus, gpuType: "h100", nodes, quotaAfter: [], waits: [], ...more });

describe("pods fit now", () => {
  it.each([
    [[3], true],
    [[3, 2], true],
    [[2, 3], true],
    [[4], false],
    [[2, 2], true],
    [[3, 3], false],
    [[2, 1, 2], true],
    [[0, 0, 0], true],
  ])("%j into 3 and 2 free: %s", (pods, expected) => {
    expect(fitsNow(pods, [node("a", "h100", 8, 5), node("b", "h100", 8, 6)])).toBe(expected);
  });

  it("not onto a node that is out of use", () => {
    expect(fitsNow([2], [node("a", "h100", 8, 0, false)])).toBe(false);
  });
});

describe("a start is foreseen", () => {
  it("now, where every pod finds its GPUs on one node", () => {
    expect(foresee([3])).toEqual({ kind: "now" });
  });

  it("after what similar runs waited, where it does not", () => {
    const waits = [1, 2, 3, 4, 5].map(hours);

    expect(foresee([5], { waits })).toEqual({ kind: "after", fromHours: 2, toHours: 4, waits: 5 });
    expect(foresee([5], { waits: waits.slice(1) })).toEqual({ kind: "no-history", waits: 4, needed: 5 });
  });

  it("not now, where a quota is used up although GPUs are free", () => {
    expect(foresee([3], { quotaAfter: [{ name: "team", used: 10, limit: 8 }] })).toMatchObject({
      kind: "no-history",
    });
    expect(foresee([3], { quotaAfter: [{ name: "team", used: 8, limit: 8 }] })).toEqual({ kind: "now" });
  });

  it("never, where no node is large enough", () => {
    expect(foresee([16])).toEqual({ kind: "never", gpus: 16, largest: 8 });
  });
});
