import type { Locale } from "../store/database.ts";
import type { Limit } from "./limits.ts";
import type { ApprovalNeed, Identity, Person, PolicySubject } from "./ports.ts";

/** A set of people and who the clusters see when one of them acts. */
export interface Role {
  name: string;
  /** Slack user ids or e-mail addresses. */
  people: readonly string[];
  /** Slack user groups, by id or handle. */
  userGroups: readonly string[];
  /** Whose runs belong together in lists and labels; may be shared by roles. */
  team?: string;
  /** `user` may hold {email}, {slackUserId} or {name}; default "jibsa:{slackUserId}". Never anything of `system:`. */
  kubernetes: { user?: string; groups: readonly string[] };
}

/** Conditions that are left out match everything. */
export interface RuleMatch {
  /** Exact names, "train-*", or "*". */
  actions: readonly string[];
  stages?: readonly string[];
  namespaces?: readonly string[];
  clusters?: readonly string[];
  /** Matches only above this many GPUs. */
  aboveGpus?: number;
  /** Matches only above this many GPU-hours. */
  aboveGpuHours?: number;
}

export interface Rule extends RuleMatch {
  name: string;
  effect: "allow" | "deny";
  /** Default: everyone who has a role. */
  roles?: readonly string[];
  /** Matches only what belongs to the person. */
  own?: boolean;
  /** For a denial: the way to go instead. */
  advice?: Partial<Record<Locale, string>>;
}

export interface ApprovalRule extends RuleMatch, ApprovalNeed {
  name: string;
}

/** Empty by default: nobody may do anything. */
export interface Policy {
  roles: readonly Role[];
  rules: readonly Rule[];
  approvals: readonly ApprovalRule[];
  /** Default: none. */
  limits?: readonly Limit[];
}

export type Decision =
  | { kind: "allowed"; rule: string; approval?: ApprovalNeed & { rule: string } }
  | {
      kind: "denied";
      cause: "no-role" | "no-rule" | "denied-by-rule";
      rule?: string;
      advice?: Partial<Record<Locale, string>>;
    };

/** May this person do this, and who has to agree? Deny wins over allow; without a rule the answer is no. Pure. */
export function decide(
  policy: Policy,
  person: Pick<Person, "roles" | "slackUserId">,
  subject: PolicySubject,
): Decision {
  if (person.roles.length === 0) return { kind: "denied", cause: "no-role" };
  const applying = policy.rules.filter(
    (rule) =>
      matches(rule, subject) &&
      (rule.roles === undefined || rule.roles.some((role) => person.roles.includes(role))) &&
      (rule.own !== true || subject.owner === person.slackUserId),
  );
  const denial = applying.find((rule) => rule.effect === "deny");
  if (denial !== undefined)
    return {
      kind: "denied",
      cause: "denied-by-rule",
      rule: denial.name,
      ...(denial.advice !== undefined && { advice: denial.advice }),
    };
  const leave = applying.find((rule) => rule.effect === "allow");
  if (leave === undefined) return { kind: "denied", cause: "no-rule" };
  const approval = strictest(policy, subject);
  return { kind: "allowed", rule: leave.name, ...(approval !== undefined && { approval }) };
}

/** Of the rules that apply, the one that asks for most people; the first of equals. */
function strictest(policy: Policy, subject: PolicySubject): (ApprovalNeed & { rule: string }) | undefined {
  const needs = policy.approvals
    .filter((rule) => matches(rule, subject))
    .map(({ quorum, approvers, expiresInMs, name }) => ({ quorum, approvers, expiresInMs, rule: name }));
  const own = subject.stageApproval;
  if (own !== undefined && isAbove(own, subject)) {
    const { quorum, approvers, expiresInMs } = own;
    needs.push({ quorum, approvers, expiresInMs, rule: `stage ${subject.stage ?? ""}`.trim() });
  }
  return needs.reduce<(typeof needs)[number] | undefined>(
    (best, need) => (best === undefined || need.quorum > best.quorum ? need : best),
    undefined,
  );
}

function matches(rule: RuleMatch, subject: PolicySubject): boolean {
  return (
    rule.actions.some((pattern) => matchesName(pattern, subject.action)) &&
    isIn(rule.stages, subject.stage) &&
    isIn(rule.namespaces, subject.namespace) &&
    isIn(rule.clusters, subject.cluster) &&
    isAbove(rule, subject)
  );
}

function isAbove(limits: { aboveGpus?: number; aboveGpuHours?: number }, subject: PolicySubject): boolean {
  return (
    (limits.aboveGpus === undefined || (subject.gpus ?? 0) > limits.aboveGpus) &&
    (limits.aboveGpuHours === undefined || (subject.gpuHours ?? 0) > limits.aboveGpuHours)
  );
}

function isIn(list: readonly string[] | undefined, value: string | undefined): boolean {
  return list === undefined || (value !== undefined && list.includes(value));
}

function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** Approvers are named by role or by user group. */
export function isApprover(
  approvers: readonly string[],
  person: Pick<Person, "roles" | "userGroups">,
): boolean {
  return approvers.some((name) => {
    const bare = name.startsWith("@") ? name.slice(1) : name;
    return person.roles.includes(name) || person.userGroups.includes(bare);
  });
}

/** The roles of a Slack user, by id, e-mail or user group. */
export function rolesOf(
  policy: Policy,
  user: { slackUserId: string; email?: string; userGroups: readonly string[] },
): readonly Role[] {
  const email = user.email?.toLowerCase();
  return policy.roles.filter(
    (role) =>
      role.people.some(
        (name) => name === user.slackUserId || (email !== undefined && name.toLowerCase() === email),
      ) ||
      role.userGroups.some((group) =>
        user.userGroups.includes(group.startsWith("@") ? group.slice(1) : group),
      ),
  );
}

/** Who clusters see: the first role's user, the groups of all. `system:` names are never given, whatever is configured. */
export function identityOf(
  roles: readonly Role[],
  user: { slackUserId: string; email?: string; name: string },
): Identity {
  const pattern =
    roles.find((role) => role.kubernetes.user !== undefined)?.kubernetes.user ?? "jibsa:{slackUserId}";
  const name = pattern
    .replaceAll("{email}", user.email ?? `jibsa:${user.slackUserId}`)
    .replaceAll("{slackUserId}", user.slackUserId)
    .replaceAll("{name}", user.name);
  const groups = [...new Set(roles.flatMap((role) => role.kubernetes.groups))];
  return {
    user: isSystemName(name) ? `jibsa:${user.slackUserId}` : name,
    groups: groups.filter((group) => !isSystemName(group)),
  };
}

export function isSystemName(name: string): boolean {
  return name.trim().toLowerCase().startsWith("system:");
}
