import type { ActionDeps } from "../../define-action.ts";
import type { PlatformObject } from "../../ports.ts";
import { checkObjectSafety, type SafetyViolation } from "./check-object-safety.ts";

/** Of what is sent to a platform; what only describes a change to a run that exists makes no pods. */
export function findViolations(
  { safety, stages }: Pick<ActionDeps, "safety" | "stages">,
  object: PlatformObject,
): readonly SafetyViolation[] {
  if (object.apiVersion === DESCRIPTION) return [];
  return checkObjectSafety(object, { settings: safety ?? {}, stages });
}

const DESCRIPTION = "jibsa.dev/v1";
