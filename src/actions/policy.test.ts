import { describe, expect, it } from "vitest";
import { decide, identityOf, isApprover, rolesOf, type Policy } from "./policy.ts";

const policy: Policy = {
  roles: [
    {
      name: "researcher",
      people: ["U1"],
      userGroups: ["researchers"],
      kubernetes: { groups: ["jibsa:researchers"] },
    },
    {
      name: "lead",
      people: ["Lead@Example.com"],
      userGroups: [],
      kubernetes: { user: "{email}", groups: ["jibsa:leads"] },
    },
  ],
  rules: [
    { name: "look", effect: "allow", actions: ["train-list", "cluster-*"] },
    {
      name: "research",
      effect: "allow",
      roles: ["researcher"],
      actions: ["train-start"],
      namespaces: ["llm-training"],
    },
    { name: "own runs", effect: "allow", own: true, actions: ["train-cancel"] },
    {
      name: "too large",
      effect: "deny",
      actions: ["train-start"],
      aboveGpus: 16,
      advice: { en: "Ask first." },
    },
    { name: "no rlhf", effect: "deny", roles: ["lead"], actions: ["*"], stages: ["rlhf"] },
  ],
  approvals: [
    {
      name: "over 8 GPU-hours",
      actions: ["train-*"],
      aboveGpuHours: 8,
      quorum: 1,
      approvers: ["lead"],
      expiresInMs: 1,
    },
    {
      name: "huge",
      actions: ["train-start"],
      aboveGpuHours: 100,
      quorum: 2,
      approvers: ["lead"],
      expiresInMs: 1,
    },
  ],
};
const researcher = { slackUserId: "U1", roles: ["researcher"] };
const both = { slackUserId: "U2", roles: ["researcher", "lead"] };
const start = { action: "train-start", stage: "sft", namespace: "llm-training", gpus: 2, gpuHours: 4 };

describe("decide", () => {
  it.each([
    ["nobody without a role", { slackUserId: "U9", roles: [] }, start, "no-role"],
    ["an action without a rule", researcher, { action: "deploy" }, "no-rule"],
    ["another namespace", researcher, { ...start, namespace: "kube-system" }, "no-rule"],
    ["a namespace that is not known", researcher, { action: "train-start" }, "no-rule"],
    ["what a rule forbids, although another allows it", researcher, { ...start, gpus: 17 }, "denied-by-rule"],
    ["a stage forbidden to one of two roles", both, { ...start, stage: "rlhf" }, "denied-by-rule"],
    ["the run of somebody else", researcher, { action: "train-cancel", owner: "U2" }, "no-rule"],
  ])("denies %s", (_title, person, subject, cause) => {
    expect(decide(policy, person, subject)).toMatchObject({ kind: "denied", cause });
  });

  it.each([
    ["a start without approval when it is small", start, undefined],
    ["one approval above eight GPU-hours", { ...start, gpuHours: 9 }, 1],
    ["none at exactly eight", { ...start, gpuHours: 8 }, undefined],
    ["the stricter of two rules", { ...start, gpuHours: 101 }, 2],
    [
      "the stage's own rule when it is stricter",
      { ...start, gpuHours: 9, stageApproval: { quorum: 3, approvers: ["lead"], expiresInMs: 1 } },
      3,
    ],
  ])("allows %s", (_title, subject, quorum) => {
    const decision = decide(policy, researcher, subject);

    expect(decision.kind === "allowed" && decision.approval?.quorum).toBe(quorum);
  });

  it("allows people their own run", () => {
    expect(decide(policy, researcher, { action: "train-cancel", owner: "U1" }).kind).toBe("allowed");
  });

  it("allows nothing with the empty policy", () => {
    expect(decide({ roles: [], rules: [], approvals: [] }, researcher, start).kind).toBe("denied");
  });
});

describe("roles", () => {
  it("are given by id, by e-mail without regard to case, and by user group", () => {
    const named = (user: Parameters<typeof rolesOf>[1]) => rolesOf(policy, user).map((role) => role.name);

    expect(named({ slackUserId: "U1", userGroups: [] })).toEqual(["researcher"]);
    expect(named({ slackUserId: "U5", email: "lead@example.com", userGroups: ["researchers"] })).toEqual([
      "researcher",
      "lead",
    ]);
    expect(named({ slackUserId: "U9", userGroups: [] })).toEqual([]);
  });

  it("approve by role or by user group, with or without the at sign", () => {
    expect(isApprover(["@ml-leads"], { roles: [], userGroups: ["ml-leads"] })).toBe(true);
    expect(isApprover(["lead"], { roles: ["lead"], userGroups: [] })).toBe(true);
    expect(isApprover(["lead"], { roles: ["researcher"], userGroups: ["lead-fans"] })).toBe(false);
  });
});

describe("identity", () => {
  it("never is a system name, whatever the configuration or the profile says", () => {
    const role = {
      name: "r",
      people: [],
      userGroups: [],
      kubernetes: { user: "{name}", groups: ["system:masters", "a"] },
    };

    expect(identityOf([role], { slackUserId: "U1", name: "System:admin" })).toEqual({
      user: "jibsa:U1",
      groups: ["a"],
    });
  });
});
