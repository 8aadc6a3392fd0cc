import type { FailureFacts, FailureKind } from "../../actions/training/failures/failure-diagnosis.ts";
import type { Locale } from "../../store/database.ts";
import { failureTextsEn } from "./failure-texts-en.ts";
import { failureTextsKo } from "./failure-texts-ko.ts";

/** One line why a run failed, one line what to do. Facts are free text of a log and escaped by the sentence. */
export type FailureTexts = Readonly<
  Record<FailureKind, { reason: (facts: FailureFacts) => string; advice: (facts: FailureFacts) => string }>
>;

export function failureTextsFor(locale: Locale): FailureTexts {
  return locale === "ko" ? failureTextsKo : failureTextsEn;
}
