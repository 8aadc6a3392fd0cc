import type { SafetyViolation } from "../../actions/training/safety/check-object-safety.ts";
import { code, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";

/** The object's parts that are not allowed, each with its rule and the way. At most five: the rest is the same story. */
export function unsafeText(violations: readonly SafetyViolation[], texts: Texts): string {
  const lines = violations.slice(0, 5).map(({ rule, path, value, allowed }) => {
    const only =
      allowed.length === 0
        ? ""
        : ` ${texts.safety.allowed(allowed.map((one) => code(shorten(one, 120))).join(", "))}`;
    return `• ${texts.safety.rules[rule](code(shorten(value, 200)))}${only}\n   ${code(shorten(path, 200))}`;
  });
  const more = violations.length - lines.length;
  return [
    `⚠️ ${texts.safety.refused}`,
    ...lines,
    ...(more > 0 ? [texts.safety.more(more)] : []),
    texts.safety.advice,
  ].join("\n");
}
