import type { JsonObject } from "../objects/kubernetes-object.ts";
import { apiVersionOf, type ResourceType } from "../objects/resource-types.ts";
import { invalid } from "../errors/refusals.ts";
import { invalidValue } from "../errors/status-causes.ts";
import type { AccessRequest, AccessRule, Authorizer, ClusterIdentity } from "./authorization.ts";

interface ResourceAttributes {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** Who somebody is and what they may do, from the configured roles; the body of the 201. */
export function answerReview(
  type: ResourceType,
  body: JsonObject,
  identity: ClusterIdentity,
  authorizer: Authorizer,
): JsonObject {
  const spec = (body["spec"] ?? {}) as {
    user?: string;
    groups?: string[];
    namespace?: string;
    resourceAttributes?: ResourceAttributes;
    nonResourceAttributes?: { path?: string; verb?: string };
  };
  const answer = (status: JsonObject): JsonObject => ({
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: {},
    ...(type.kind !== "SelfSubjectReview" && { spec }),
    status,
  });
  switch (type.kind) {
    case "SelfSubjectReview":
      return answer({ userInfo: { username: identity.user, groups: identity.groups } });
    case "SelfSubjectRulesReview":
      return answer({
        resourceRules: authorizer.rulesFor(identity, spec.namespace ?? "").map(withoutExceptions),
        nonResourceRules: [],
        incomplete: false,
      });
    default: {
      if ((spec.resourceAttributes === undefined) === (spec.nonResourceAttributes === undefined))
        throw invalid({ group: type.group, kind: "" }, "", [
          invalidValue(
            "spec.resourceAttributes",
            spec.resourceAttributes ?? null,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
          ),
        ]);
      const subject =
        type.kind === "SubjectAccessReview" ? { user: spec.user ?? "", groups: spec.groups ?? [] } : identity;
      const { allowed, reason } = authorizer.decide(
        subject,
        accessOf(spec.resourceAttributes, spec.nonResourceAttributes),
      );
      return answer({ allowed, ...(reason !== "" && { reason }) });
    }
  }
}

/** An answer cannot say "all but"; the exception shows when it is asked for. */
function withoutExceptions({ verbs, apiGroups, resources }: AccessRule): JsonObject {
  return { verbs, apiGroups, resources };
}

function accessOf(asked: ResourceAttributes | undefined, path: { verb?: string } | undefined): AccessRequest {
  const {
    verb = path?.verb ?? "",
    group = "",
    resource = "",
    subresource = "",
    namespace = "",
    name,
  } = asked ?? {};
  return {
    verb,
    group,
    resource: subresource === "" ? resource : `${resource}/${subresource}`,
    ...(namespace !== "" && { namespace }),
    ...(name !== undefined && { name }),
  };
}
