import { describe, expect, it } from "vitest";
import { isOver, limitsFor, usesOf, type Limit } from "./limits.ts";

const minji = { slackUserId: "U1", email: "minji@example.com", roles: ["researcher"] };
const place = { cluster: "onprem-a", namespace: "llm-training" };
const namesOf = (limits: readonly Limit[], person = minji) =>
  limitsFor(limits, person, place).map(({ name }) => name);

describe("a limit", () => {
  it("counts for everybody, for a role, or for people by id or e-mail", () => {
    const limits: Limit[] = [
      { name: "everybody", per: "person" },
      { name: "her role", per: "team", roles: ["researcher"] },
      { name: "another role", per: "team", roles: ["operator"] },
      { name: "by id", per: "person", people: ["U1"] },
      { name: "by e-mail", per: "person", people: ["Minji@Example.com"] },
      { name: "others", per: "person", people: ["U2", "junho@example.com"] },
      { name: "a role or a name", per: "person", roles: ["operator"], people: ["U1"] },
    ];

    expect(namesOf(limits)).toEqual(["everybody", "her role", "by id", "by e-mail", "a role or a name"]);
    expect(namesOf(limits, { slackUserId: "U3", email: undefined as never, roles: [] })).toEqual([
      "everybody",
    ]);
  });

  it("counts only where it says", () => {
    const limits: Limit[] = [
      { name: "here", per: "person", namespaces: ["llm-training"], clusters: ["onprem-a"] },
      { name: "other namespace", per: "person", namespaces: ["inference"] },
      { name: "other cluster", per: "person", clusters: ["cloud"] },
    ];

    expect(namesOf(limits)).toEqual(["here"]);
  });

  it("has only the figures that it names", () => {
    const limit: Limit = { name: "a", per: "team", gpus: 8, gpuHoursPerWeek: 100 };
    const used = { gpus: 6, runs: 9, gpuHours: 90 };

    expect(usesOf(limit, used, { gpus: 2, runs: 1, gpuHours: 12 })).toEqual([
      { limit: "a", per: "team", measure: "gpus", used: 6, allowed: 8, wanted: 2 },
      { limit: "a", per: "team", measure: "gpuHours", used: 90, allowed: 100, wanted: 12 },
    ]);
  });

  it.each([
    [{ used: 6, wanted: 2, allowed: 8 }, false],
    [{ used: 7, wanted: 2, allowed: 8 }, true],
    [{ used: 0, wanted: 1, allowed: 0 }, true],
    // Lowered since: what asks for none of it is not stopped.
    [{ used: 9, wanted: 0, allowed: 8 }, false],
    // Sums of hours are not exact.
    [{ used: 0.1 + 0.2, wanted: 0.7, allowed: 1 }, false],
  ])("%o is over it: %s", (use, expected) => {
    expect(isOver(use)).toBe(expected);
  });
});
