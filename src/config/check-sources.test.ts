import { describe, expect, it } from "vitest";
import { sourceProblems } from "./check-sources.ts";
import { fileSchema } from "./config-schema.ts";

const problems = (sources: readonly object[]) =>
  sourceProblems(fileSchema.parse({ knowledge: { sources } }).knowledge, [{ name: "lead" }]);
const wiki = (fields: object) => ({
  name: "wiki",
  confluence: { url: "https://team.atlassian.net/wiki", tokenEnv: "WIKI_TOKEN", spaces: ["ML"], ...fields },
});

describe("sources together", () => {
  it("name roles that the policy has, also for groups and people of a wiki", () => {
    expect(problems([wiki({ groups: { leads: ["role:lead"] } })])).toEqual([]);
    expect(
      problems([wiki({ groups: { leads: ["role:lead", "role:led"] }, people: { u1: ["role:boss"] } })]),
    ).toEqual([
      {
        path: "knowledge.sources[0].confluence.groups.leads[1]",
        message: 'there is no role "led" in the policy',
      },
      {
        path: "knowledge.sources[0].confluence.people.u1[0]",
        message: 'there is no role "boss" in the policy',
      },
    ]);
  });

  it("have names of their own, and Slack's channels are one of them", () => {
    const slack = { slack: {} };

    expect(problems([wiki({}), wiki({})])).toMatchObject([{ path: "knowledge.sources[1].name" }]);
    expect(
      problems([
        { name: "a", ...slack },
        { name: "b", ...slack },
      ]),
    ).toEqual([{ path: "knowledge.sources[1].slack", message: "Slack channels are one source" }]);
  });
});
