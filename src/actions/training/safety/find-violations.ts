import type { ActionDeps } from "../../define-action.ts";
import type { PlatformObject } from "../../ports.ts";
import { checkObjectSafety, type SafetyViolation } from "./check-object-safety.ts";

const DESCRIPTION = "jibsa.dev/v1";

/** Of what is sent to a platform, now or as a later step. What only describes a change to a run that exists makes no pods. */
export function findViolations(
  deps: Pick<ActionDeps, "safety" | "stages">,
  object: PlatformObject,
): readonly SafetyViolation[] {
  if (object.apiVersion === DESCRIPTION) return stepsOf(object).flatMap((step) => findViolations(deps, step));
  return checkObjectSafety(object, { settings: deps.safety ?? {}, stages: deps.stages });
}

function stepsOf({ spec }: PlatformObject): readonly PlatformObject[] {
  const { steps = [] } = (spec ?? {}) as { steps?: readonly { planned: { object: PlatformObject } }[] };
  return steps.map(({ planned }) => planned.object);
}
