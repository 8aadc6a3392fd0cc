import { z } from "zod";
import { isSystemName } from "../actions/policy.ts";
import { duration } from "./units.ts";

const notSystem = z
  .string()
  .min(1)
  .refine((name) => !isSystemName(name), "names of `system:` are never impersonated");
const match = {
  /** Exact names, "train-*", or "*". */
  actions: z.array(z.string().min(1)).min(1),
  stages: z.array(z.string()).optional(),
  namespaces: z.array(z.string()).optional(),
  clusters: z.array(z.string()).optional(),
  aboveGpus: z.number().min(0).optional(),
  aboveGpuHours: z.number().min(0).optional(),
};
const need = {
  quorum: z.number().int().min(1).default(1),
  /** Roles, or user groups as "@handle" or id. */
  approvers: z.array(z.string().min(1)).min(1),
  expires: duration.default(4 * 3_600_000),
};

export const approvalNeed = z
  .strictObject({ aboveGpuHours: match.aboveGpuHours, aboveGpus: match.aboveGpus, ...need })
  .transform(({ expires, ...rest }) => ({ ...rest, expiresInMs: expires }));

const limitSchema = z
  .strictObject({
    name: z.string().min(1),
    /** "person": each for themselves; "team": everybody of the roles together. */
    per: z.enum(["person", "team"]).default("person"),
    /** Default: everybody. */
    roles: z.array(z.string()).min(1).optional(),
    /** Slack user ids or e-mail addresses. */
    people: z.array(z.string().min(1)).min(1).optional(),
    namespaces: match.namespaces,
    clusters: match.clusters,
    gpus: z.number().int().min(0).optional(),
    runs: z.number().int().min(0).optional(),
    gpuHoursPerWeek: z.number().min(0).optional(),
  })
  .superRefine(({ per, people, gpus, runs, gpuHoursPerWeek }, context) => {
    if (per === "team" && people !== undefined)
      context.addIssue({
        code: "custom",
        path: ["people"],
        message: "a team is everybody of a role: give these people a role of their own",
      });
    if (gpus === undefined && runs === undefined && gpuHoursPerWeek === undefined)
      context.addIssue({ code: "custom", message: "limits nothing: set gpus, runs or gpuHoursPerWeek" });
  });

export const policySchema = z
  .strictObject({
    roles: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          people: z.array(z.string()).default([]),
          userGroups: z.array(z.string()).default([]),
          /** A label's value: lower-case letters, digits and "-". */
          team: z
            .string()
            .regex(
              /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
              'use lower-case letters, digits and "-", at most 63',
            )
            .optional(),
          kubernetes: z
            .strictObject({ user: notSystem.optional(), groups: z.array(notSystem).default([]) })
            .default({ groups: [] }),
        }),
      )
      .default([]),
    rules: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          effect: z.enum(["allow", "deny"]),
          roles: z.array(z.string()).optional(),
          own: z.boolean().optional(),
          advice: z.strictObject({ en: z.string().optional(), ko: z.string().optional() }).optional(),
          ...match,
        }),
      )
      .default([]),
    approvals: z
      .array(
        z
          .strictObject({ name: z.string().min(1), ...match, ...need })
          .transform(({ expires, ...rest }) => ({ ...rest, expiresInMs: expires })),
      )
      .default([]),
    limits: z.array(limitSchema).default([]),
  })
  .superRefine((policy, context) => {
    const names = new Set(policy.roles.map((role) => role.name));
    for (const list of ["rules", "limits"] as const)
      policy[list].forEach((entry, index) =>
        entry.roles?.forEach((role, at) => {
          if (!names.has(role))
            context.addIssue({
              code: "custom",
              path: [list, index, "roles", at],
              message: `there is no role "${role}"`,
            });
        }),
      );
    const limitNames = policy.limits.map(({ name }) => name);
    limitNames.forEach((name, index) => {
      if (limitNames.indexOf(name) !== index)
        context.addIssue({
          code: "custom",
          path: ["limits", index, "name"],
          message: `there are two limits "${name}"`,
        });
    });
  });
