import { isAllowed, type ClusterRole, type UserInfo } from "./authorization.ts";
import type { ResourceType } from "./resource-types.ts";

interface ReviewBody {
  spec?: {
    user?: string;
    groups?: string[];
    resourceAttributes?: {
      verb?: string;
      group?: string;
      resource?: string;
      subresource?: string;
      namespace?: string;
    };
  };
}

/** SubjectAccessReviews and "who am I", from the configured roles. */
export function answerReview(
  type: ResourceType,
  body: unknown,
  user: UserInfo,
  roles: readonly ClusterRole[],
): unknown {
  const { spec } = (body ?? {}) as ReviewBody;
  const base = { apiVersion: `${type.group}/${type.version}`, kind: type.kind, metadata: {} };
  if (type.kind === "SelfSubjectReview")
    return { ...base, status: { userInfo: { username: user.username, groups: user.groups } } };
  const subject =
    type.kind === "SubjectAccessReview" ? { username: spec?.user ?? "", groups: spec?.groups ?? [] } : user;
  const asked = spec?.resourceAttributes;
  const allowed =
    asked !== undefined &&
    isAllowed(roles, subject, {
      verb: asked.verb ?? "",
      group: asked.group ?? "",
      resource:
        asked.subresource === undefined || asked.subresource === ""
          ? (asked.resource ?? "")
          : `${asked.resource ?? ""}/${asked.subresource}`,
      namespace: asked.namespace === "" ? undefined : asked.namespace,
    });
  return {
    ...base,
    spec: spec ?? {},
    status: { allowed, ...(!allowed && { reason: "no role of the simulated cluster allows it" }) },
  };
}
