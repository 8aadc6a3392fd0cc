import type { ColumnType, Generated } from "kysely";
import type { DefaultTime, Locale, NullableTime, Time } from "./database.ts";

/** How an answer came about: written by a model, quoted, not at all, cut off, looked up without a page, or written by a person. */
export type AnswerMode = "generated" | "extractive" | "no-answer" | "stopped" | "live" | "curated";

/** The tables of what the workspace itself says: its words, and its answers. */
export interface AnswerTables {
  glossary_terms: {
    id: string;
    term: string;
    counterpart: string;
    state: "used" | "suggested" | "dismissed";
    person: string | null;
    source: string | null;
    path: string | null;
    created_at: DefaultTime;
    decided_at: NullableTime;
  };
  /** Models that people have pulled. Bytes are bigint: node-postgres reads them as text. */
  model_pulls: {
    id: string;
    server: string;
    model: string;
    person: string;
    locale: Locale;
    channel: string;
    thread_ts: string | null;
    asked_at: Time;
    state: Generated<"open" | "done" | "failed">;
    done_bytes: ColumnType<string, number | undefined, number>;
    total_bytes: ColumnType<string, number | undefined, number>;
    moved_at: Time;
    seen_at: NullableTime;
    error: string | null;
    shown_hash: string | null;
  };
  curated_answers: {
    id: string;
    number: ColumnType<number, never, never>;
    question: string;
    answer: string;
    locale: Locale;
    /** CuratedPages. */
    pages: ColumnType<unknown, string, never>;
    answer_id: string;
    curated_by: string;
    curated_by_name: string;
    curated_at: DefaultTime;
    removed_by: string | null;
    removed_at: NullableTime;
  };
  comparisons: {
    id: string;
    question: string;
    asker: string;
    channel: string;
    first_model: string;
    second_model: string;
    answers: ColumnType<unknown, string, never>;
    created_at: DefaultTime;
  };
  comparison_votes: {
    comparison_id: string;
    person: string;
    choice: "first" | "second";
    voted_at: DefaultTime;
  };
}
