import { problemLine, problemMessage, type SlackProblem } from "../../../slack-limits/problems.ts";
import type { Fields } from "../wire-fields.ts";

/** A refusal in Slack's own words: becomes `{ok: false, error, …extra}`. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: Fields;

  constructor(code: string, extra: Fields = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** A refusal that lists what is wrong with the request. */
export function refusal(code: string, problems: readonly SlackProblem[]): SlackError {
  if (problems.length === 0) return new SlackError(code);
  return new SlackError(code, {
    errors: problems.map(problemLine),
    response_metadata: { messages: problems.map(problemMessage) },
  });
}

export function invalidArguments(message: string): SlackError {
  return new SlackError("invalid_arguments", { response_metadata: { messages: [`[ERROR] ${message}`] } });
}
