import type { ColumnType, Generated } from "kysely";
import type { DefaultTime, Locale, NullableTime, Time } from "./database.ts";

/** The tables of documents and where they come from. */
export interface SourceTables {
  documents: {
    id: string;
    source: string;
    path: string;
    title: string;
    content_hash: string;
    chunk_count: number;
    updated_at: NullableTime;
    indexed_at: DefaultTime;
    mark: string | null;
    /** Who may read it: an id of `audiences`, or "public". */
    audience: Generated<string>;
  };
  audiences: {
    id: string;
    readers: ColumnType<unknown, string, never>;
    seen_at: DefaultTime;
  };
  /** Vectors of texts, kept by what was embedded. */
  embeddings: {
    model: string;
    dimension: number;
    text_hash: Buffer;
    /** 32-bit floats, little-endian. */
    vector: Buffer;
    made_at: DefaultTime;
  };
  embedders: {
    model: string;
    dimension: number;
    seen_at: DefaultTime;
  };
  /** The latest sync of each source. */
  source_syncs: {
    source: string;
    state: "running" | "done" | "failed";
    started_at: Time;
    seen_at: Time;
    ended_at: NullableTime;
    compared_at: NullableTime;
    done: Generated<number>;
    total: Generated<number>;
    written: Generated<number>;
    unchanged: Generated<number>;
    deleted: Generated<number>;
    left_out: Generated<number>;
    /** [{path, reason}]. */
    left_out_paths: ColumnType<unknown, string | undefined, string>;
    /** {audience: how many}. */
    left_out_of: ColumnType<unknown, string | undefined, string>;
    error: string | null;
  };
  sync_follows: {
    id: string;
    source: string;
    person: string;
    locale: Locale;
    channel: string;
    thread_ts: string | null;
    asked_at: Time;
    state: Generated<"open" | "ended">;
    shown_hash: string | null;
  };
  indexed_channels: {
    channel: string;
    switched_by: string;
    switched_at: Time;
  };
  failed_documents: {
    source: string;
    path: string;
    mark: string;
    reason: string;
    failed_at: Time;
  };
  changed_threads: {
    channel: string;
    thread_ts: string;
    change_ts: string;
  };
}
