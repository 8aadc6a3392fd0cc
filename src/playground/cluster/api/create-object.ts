import type { JsonObject, KubernetesObject } from "../objects/kubernetes-object.ts";
import type { ApiServices } from "./api-services.ts";
import { answerReview } from "./answer-review.ts";
import { ApiError } from "../errors/api-error.ts";
import type { ClusterIdentity } from "./authorization.ts";
import { parseObjectBody } from "./request-body.ts";
import { readDraft, type WriteRequest } from "./write-request.ts";

/** POST: stores a new object, or answers a review without storing anything. */
export function createObject(
  services: ApiServices,
  identity: ClusterIdentity,
  { resource, body, mediaType, options }: WriteRequest,
): KubernetesObject | JsonObject {
  const parsed = parseObjectBody(body, mediaType);
  const draft = readDraft(resource, parsed);
  if (resource.type.review) return answerReview(resource.type, parsed, identity, services.authorizer);
  if ((draft.metadata.resourceVersion ?? "") !== "")
    throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
  return services.writer.create(resource.type, draft, options);
}
