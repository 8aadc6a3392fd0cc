import type { Random } from "./random.ts";

/** What people, programs and attackers write into fields. */
const TEXTS = [
  "7B",
  "/output/cpt_model",
  "-0",
  "1e999",
  "0x10",
  "NaN",
  "null",
  "true",
  "2026-11-25",
  "１２",
  "4,8,evil",
  "",
  " ",
  "a: b",
  "x\nhostNetwork: true",
  "- a\n- b",
  "---\napiVersion: v1\n",
  "&a [*a]",
  "!!js/function 'function () {}'",
  "<<: *all",
  '"',
  "'",
  '"},"spec":{"hostNetwork":true},"x":{"y":"',
  "\\",
  '\\"',
  "{}",
  "[]",
  "{{workflow.parameters.model-size}}",
  "{{=sprig.env('PATH')}}",
  "${trialParameters.learningRate}",
  "$(LEARNING_RATE)",
  "${{ secrets.TOKEN }}",
  "<%= 1 %>",
  "%s%n",
  "`id`",
  "; rm -rf /",
  "--privileged",
  "../../etc/passwd",
  "spec.hostNetwork",
  "metadata.namespace",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "모델-7B",
  "한\u200B글",
  "é",
  "e\u0301",
  "👩‍👩‍👧‍👦",
  "\uD800",
  "\u202Egpj.exe",
  "\u0000",
  "\u2028",
  "\uFEFF",
  "<!channel> <@U1>",
] as const;

/** Mostly short, sometimes put together, seldom very long. */
export function hostileText(random: Random): string {
  const text = random.pick(TEXTS);
  if (random.isChosen(0.3)) return text + random.pick(TEXTS);
  return random.isChosen(0.01) ? text.padEnd(2, "x").repeat(1 + random.below(20_000)) : text;
}

/** Also what no field would let through: rendering must not rely on the check before it. */
export function hostileValue(random: Random): string | number | boolean {
  if (random.isChosen(0.7)) return hostileText(random);
  return random.pick([0, -1, 1.5, 1e-7, 1e21, Number.MAX_SAFE_INTEGER, true, false]);
}
