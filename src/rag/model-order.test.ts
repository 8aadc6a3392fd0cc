import { describe, expect, it } from "vitest";
import { createModelOrder, type NamedModel } from "./model-order.ts";

const named = (name: string): NamedModel => ({
  model: { name, stream: async function* () {}, isReachable: async () => true },
});

function open() {
  const clock = { nowMs: 0 };
  const order = createModelOrder(["fast", "large", "spare"].map(named), () => clock.nowMs);
  const names = (wanted?: string) => order.candidates(wanted).map(({ model }) => model.name);
  return { clock, order, names };
}

describe("the order of models", () => {
  it("is the configured one, with the wanted model first", () => {
    const { names } = open();

    expect(names()).toEqual(["fast", "large", "spare"]);
    expect(names("spare")).toEqual(["spare", "fast", "large"]);
    expect(names("none such")).toEqual(["fast", "large", "spare"]);
  });

  it("leaves out what failed for a while, longer each time, until it answers again", () => {
    const { clock, order, names } = open();

    order.failed("fast");
    expect(names()).toEqual(["large", "spare"]);
    expect(names("fast")).toEqual(["fast", "large", "spare"]);
    clock.nowMs = 30_000;
    expect(names()).toContain("fast");
    order.failed("fast");
    clock.nowMs = 89_999;
    expect(names()).not.toContain("fast");
    clock.nowMs = 90_000;
    order.answered("fast");
    order.failed("fast");
    clock.nowMs = 120_000;
    expect(names()).toContain("fast");
  });
});
