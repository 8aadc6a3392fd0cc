import { answerContains } from "./answer-contains.ts";
import type { AskedQuestion } from "./ask-questions.ts";
import { scoreRanking } from "./ranking-metrics.ts";
import { refusalAuroc, refusedAt5Percent } from "./refusal-metrics.ts";

/** Shares lie between 0 and 1. Null where a group has nothing to measure it by. */
export interface GroupReport {
  group: string;
  lang: string;
  questions: number;
  /** Over the answerable questions. */
  recall_at_1: number | null;
  recall_at_5: number | null;
  recall_at_10: number | null;
  mrr_at_10: number | null;
  ndcg_at_10: number | null;
  hit_at_10: number | null;
  /** Of the answerable questions with answers, those whose answer holds one; a refused one holds none. */
  answer_contained: number | null;
  /** Mean share of gold pages among the cited ones, over answerable questions that were answered. */
  citation_precision: number | null;
  refusal_auroc: number | null;
  refused_at_5pct: number | null;
  p50_ms: number;
  p95_ms: number;
}

/**
 * One report for each group and language, in the order of the questions. What a group lacks for judging refusals, answerable
 * or unanswerable questions, it borrows from the others of its language.
 */
export function reportGroups(asked: readonly AskedQuestion[]): GroupReport[] {
  const groups = Map.groupBy(asked, ({ question }) => JSON.stringify([question.group, question.lang]));
  return [...groups.values()].flatMap((members) => {
    const first = members[0]?.question;
    return first === undefined ? [] : [reportGroup(first, members, asked)];
  });
}

function reportGroup(
  { group, lang }: { group: string; lang: string },
  members: readonly AskedQuestion[],
  all: readonly AskedQuestion[],
): GroupReport {
  const answerable = members.filter(({ question }) => question.isAnswerable);
  const scores = answerable.map(({ pages, question }) => scoreRanking(pages, question.gold));
  const withAnswers = answerable.filter(({ question }) => question.answers.length > 0);
  const withCitations = answerable.filter(({ citedPages }) => citedPages.length > 0);
  const confidences = (isAnswerable: boolean): number[] => {
    const own = members.filter(({ question }) => question.isAnswerable === isAnswerable);
    const ofLanguage = all.filter(
      ({ question }) => question.isAnswerable === isAnswerable && question.lang === lang,
    );
    return (own.length > 0 ? own : ofLanguage).map(({ confidence }) => confidence);
  };
  const times = members.map(({ tookMs }) => tookMs).sort((left, right) => left - right);
  return {
    group,
    lang,
    questions: members.length,
    recall_at_1: mean(scores.map((score) => score.recallAt1)),
    recall_at_5: mean(scores.map((score) => score.recallAt5)),
    recall_at_10: mean(scores.map((score) => score.recallAt10)),
    mrr_at_10: mean(scores.map((score) => score.reciprocalRank)),
    ndcg_at_10: mean(scores.map((score) => score.ndcgAt10)),
    hit_at_10: mean(scores.map((score) => score.hitAt10)),
    answer_contained: mean(
      withAnswers.map(({ text, question }) => Number(answerContains(text, question.answers))),
    ),
    citation_precision: mean(
      withCitations.map(
        ({ citedPages, question }) =>
          citedPages.filter((page) => question.gold.has(page)).length / citedPages.length,
      ),
    ),
    refusal_auroc: refusalAuroc(confidences(true), confidences(false)) ?? null,
    refused_at_5pct: refusedAt5Percent(confidences(true), confidences(false)) ?? null,
    p50_ms: percentile(times, 0.5),
    p95_ms: percentile(times, 0.95),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The smallest value that this share of the sorted values does not exceed. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
