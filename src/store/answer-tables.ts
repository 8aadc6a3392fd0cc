import type { DefaultTime, NullableTime } from "./database.ts";

/** The tables of what the workspace itself says: its words. */
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
}
