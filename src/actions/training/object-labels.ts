import type { PlatformObject } from "../ports.ts";
import type { ObjectOrigin } from "./engine-ports.ts";

export const REQUEST_ID_LABEL = "jibsa.dev/request-id";
const OWNER_LABEL = "jibsa.dev/owner";
const TEAM_LABEL = "jibsa.dev/team";
const STAGE_LABEL = "jibsa.dev/stage";
export const REQUESTED_BY_ANNOTATION = "jibsa.dev/requested-by";
export const APPROVED_BY_ANNOTATION = "jibsa.dev/approved-by";

/** Labels by which an object and its pods are found again: whose request it is, of which team, and which stage. */
export function labelsFor(stage: string, origin: ObjectOrigin): Record<string, string> {
  return {
    [REQUEST_ID_LABEL]: origin.requestId,
    [OWNER_LABEL]: labelValue(origin.owner.name, origin.owner.slackUserId),
    ...(origin.owner.team !== undefined && { [TEAM_LABEL]: origin.owner.team }),
    [STAGE_LABEL]: labelValue(stage, "stage"),
  };
}

/** What Kubernetes takes as a label value: at most 63 letters, digits, "-", "_" or "."; else the fallback. */
export function labelValue(text: string, fallback: string): string {
  const value = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .slice(0, 63)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  return value === "" ? fallback.toLowerCase() : value;
}

export function isMadeFor(object: PlatformObject, requestId: string): boolean {
  return object.metadata.labels?.[REQUEST_ID_LABEL] === requestId;
}
