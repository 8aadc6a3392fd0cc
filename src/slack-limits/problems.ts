/** One thing that Slack would refuse. `pointer` is the JSON pointer that Slack names; `message` its words. */
export interface SlackProblem {
  readonly pointer: string;
  readonly message: string;
}

/** Collects what is wrong while a payload is walked; never throws. */
export type ReportProblem = (pointer: string, message: string) => void;

/** The line as it stands in Slack's `errors` array. */
export function problemLine(problem: SlackProblem): string {
  return `${problem.message} [json-pointer:${problem.pointer}]`;
}

/** The line as it stands in Slack's `response_metadata.messages`. */
export function problemMessage(problem: SlackProblem): string {
  return `[ERROR] ${problemLine(problem)}`;
}

/** Runs a check and returns what it reported. */
export function collectProblems(check: (report: ReportProblem) => void): SlackProblem[] {
  const problems: SlackProblem[] = [];
  check((pointer, message) => problems.push({ pointer, message }));
  return problems;
}

/** A plain object of unknown fields, as it comes out of JSON. */
export type UnknownFields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is UnknownFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
