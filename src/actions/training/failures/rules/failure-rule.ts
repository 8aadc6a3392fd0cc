import type { FailureKind } from "../failure-diagnosis.ts";

/** A pattern, alone or together with another line of the log. Named groups become facts. */
export type Sign = RegExp | { pattern: RegExp; besides: RegExp };

export interface FailureRule {
  kind: Exclude<FailureKind, "unknown">;
  /** Lines that only this reason explains; they are looked for in the platform's words, too. */
  causes: readonly Sign[];
  /** The same in the platform's words only: a log may say these about something else. */
  platform?: readonly RegExp[];
  /** What this reason leaves behind, as others may: counts only where no cause of any rule is found. */
  traces?: readonly RegExp[];
  /** Its causes count only where they end a Python traceback. */
  endsTraceback?: true;
  /** A later line that shows that it was got over; absent: training that went on shows it. */
  overcomeBy?: RegExp;
  /** Same stage, same parameters, last checkpoint is worth a try. */
  worthRepeating?: true;
  documentQuery: string;
}
