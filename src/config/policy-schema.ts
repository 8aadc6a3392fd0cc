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

export const policySchema = z
  .strictObject({
    roles: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          people: z.array(z.string()).default([]),
          userGroups: z.array(z.string()).default([]),
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
  })
  .superRefine((policy, context) => {
    const names = new Set(policy.roles.map((role) => role.name));
    policy.rules.forEach((rule, index) =>
      rule.roles?.forEach((role, at) => {
        if (!names.has(role))
          context.addIssue({
            code: "custom",
            path: ["rules", index, "roles", at],
            message: `there is no role "${role}"`,
          });
      }),
    );
  });
