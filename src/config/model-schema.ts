import { z } from "zod";
import type { FileConfig } from "./config-schema.ts";
import { duration } from "./units.ts";

/** A model with a name of its own; `models` are tried in their order. */
export const namedModelSchema = z.strictObject({
  /** As people type it: `/ask --model NAME`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, "small letters, digits, dots and dashes"),
  provider: z.enum(["ollama", "openai"]),
  url: z.url({ protocol: /^https?$/ }),
  /** As its server calls it. */
  model: z.string().min(1),
  /** Which environment variable holds its key. */
  tokenEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .optional(),
  /** Slack ids of the channels where it is tried first. */
  channels: z.array(z.string().regex(/^[CDG][A-Z0-9]+$/, "a Slack id such as C0123ABCD")).default([]),
  /** Tokens of prompt and answer together; default: what its server tells. */
  contextTokens: z.number().int().min(1_024).optional(),
  /** Of a whole answer. */
  timeout: duration.default(60_000),
  /** Until its first word. */
  firstWord: duration.default(30_000),
});

/** Keys by the name of their model. What does not fit is added to the problems. */
export function readModelTokens(
  { models }: Pick<FileConfig, "models">,
  env: NodeJS.ProcessEnv,
  problems: { path: string; message: string }[],
): Readonly<Record<string, string>> {
  const tokens: Record<string, string> = {};
  for (const [index, { name, tokenEnv, channels }] of models.entries()) {
    if (models.findIndex((other) => other.name === name) < index)
      problems.push({ path: `models[${index}].name`, message: `there are two models "${name}"` });
    for (const channel of channels)
      if (models.findIndex((other) => other.channels.includes(channel)) < index)
        problems.push({
          path: `models[${index}].channels`,
          message: `${channel} has another model already`,
        });
    if (tokenEnv === undefined) continue;
    const token = env[tokenEnv];
    if (token) tokens[name] = token;
    else
      problems.push({
        path: `environment ${tokenEnv}`,
        message: `is missing, although model "${name}" has its key there`,
      });
  }
  return tokens;
}
