import { sql } from "kysely";
import type { Store, WrongCause } from "../store/database.ts";
import { questionTerms } from "./question-terms.ts";

export interface GapQuestion {
  question: string;
  /** How often it was asked in these words. */
  times: number;
  /** How many people asked it. */
  people: number;
  /** Where: Slack ids of channels. */
  channels: readonly string[];
  /** Of the answers that people complained about or never got, in the order of their time, each kind once. */
  complaints: readonly ("no-answer" | "not-helpful" | WrongCause)[];
  /** What people wrote into the form. */
  reasons: readonly string[];
}
export interface Gap {
  /** The word that these questions share; undefined for those that share none. */
  topic: string | undefined;
  questions: readonly GapQuestion[];
}

/** Questions without a good answer since then: unanswered, or with a complaint that is their asker's last word. By topic, most first. */
export async function findGaps(store: Store, since: Date): Promise<readonly Gap[]> {
  const rows = await store
    .selectFrom("answers")
    .leftJoin("feedback", (join) =>
      join.onRef("feedback.answer_id", "=", "answers.id").on("feedback.verdict", "!=", "helpful"),
    )
    .select([
      "answers.id",
      "answers.question",
      "answers.asker",
      "answers.channel",
      "answers.mode",
      "feedback.verdict",
      "feedback.cause",
      "feedback.reason",
    ])
    .where("answers.created_at", ">=", since)
    .where((where) =>
      where.or([where("answers.mode", "=", "no-answer"), where("feedback.verdict", "is not", null)]),
    )
    .orderBy("answers.created_at")
    .orderBy(sql`feedback.created_at`)
    .execute();
  const questions = new Map<
    string,
    {
      question: string;
      ids: Set<string>;
      askers: Set<string>;
      channels: Set<string>;
      complaints: Set<GapQuestion["complaints"][number]>;
      reasons: string[];
    }
  >();
  for (const { id, question, asker, channel, mode, verdict, cause, reason } of rows) {
    const key = question
      .toLowerCase()
      .replace(/[\s?!.]+/g, " ")
      .trim();
    const known = questions.get(key) ?? {
      question,
      ids: new Set(),
      askers: new Set(),
      channels: new Set(),
      complaints: new Set(),
      reasons: [],
    };
    questions.set(key, known);
    known.ids.add(id);
    known.askers.add(asker);
    known.channels.add(channel);
    if (mode === "no-answer") known.complaints.add("no-answer");
    if (verdict !== null) known.complaints.add(cause ?? "not-helpful");
    if (reason !== null && reason !== "") known.reasons.push(reason);
  }
  return byTopic(
    [...questions.values()].map(({ question, ids, askers, channels, complaints, reasons }) => ({
      question,
      times: ids.size,
      people: askers.size,
      channels: [...channels],
      complaints: [...complaints],
      reasons,
    })),
  );
}

/** The word that most questions share makes the first topic, of the rest the next. What shares no word comes last. */
export function byTopic(questions: readonly GapQuestion[]): readonly Gap[] {
  let left = questions.map((question) => ({
    question,
    words: new Map(
      questionTerms(question.question).map(({ text, alternatives }) => [
        alternatives[0]?.join(" ") ?? text,
        text,
      ]),
    ),
  }));
  const gaps: Gap[] = [];
  for (;;) {
    const counts = new Map<string, number>();
    for (const { words } of left)
      for (const word of words.keys()) counts.set(word, (counts.get(word) ?? 0) + 1);
    const [best] = [...counts]
      .filter(([, count]) => count > 1)
      .toSorted(([a, x], [b, y]) => y - x || b.length - a.length);
    if (best === undefined) break;
    const [word] = best;
    const shared = left.filter(({ words }) => words.has(word));
    left = left.filter(({ words }) => !words.has(word));
    gaps.push({
      topic: shared[0]?.words.get(word),
      questions: mostAskedFirst(shared.map(({ question }) => question)),
    });
  }
  if (left.length > 0)
    gaps.push({ topic: undefined, questions: mostAskedFirst(left.map(({ question }) => question)) });
  return gaps;
}

function mostAskedFirst(questions: readonly GapQuestion[]): readonly GapQuestion[] {
  return questions.toSorted((a, b) => b.times - a.times);
}
