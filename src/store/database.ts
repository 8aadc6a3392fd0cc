import type { ColumnType, Generated, Kysely } from "kysely";
import type { AnswerMode, AnswerTables } from "./answer-tables.ts";
import type { SourceTables } from "./source-tables.ts";

/** The tables of `migrations/`. Timestamps are read as Date, jsonb is written as a JSON string and read as a value. */
type Json<T> = ColumnType<T, string, string>;
type NullableJson<T> = ColumnType<T | null, string | null, string | null>;
export type Time = ColumnType<Date, Date | string, Date | string>;
export type NullableTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
export type DefaultTime = ColumnType<Date, Date | string | undefined, Date | string>;

export type Locale = "en" | "ko";
export type InboundKind = "mention" | "message" | "command" | "button" | "form" | "home";
export type RequestState =
  | "previewed"
  | "needs-approval"
  | "queued"
  | "running"
  | "done"
  | "failed"
  | "rejected"
  | "expired"
  | "cancelled"
  | "parked";
export type ApprovalState = "open" | "approved" | "rejected" | "expired" | "void";
/** Ours for every engine; engines map their platform's states to these. */
/** What is wrong with an answer: it cites a page that does not fit, the page itself is old, the page says something else, or something is missing. */
export type WrongCause = "other-page" | "page-outdated" | "misread" | "incomplete";
export type RunState = "queued" | "starting" | "running" | "succeeded" | "failed" | "cancelled" | "lost";

export interface Database extends AnswerTables, SourceTables {
  inbound: {
    key: string;
    kind: InboundKind;
    payload: Json<unknown>;
    state: Generated<"received" | "handled" | "parked">;
    attempts: Generated<number>;
    received_at: DefaultTime;
    handled_at: NullableTime;
  };
  signatures: {
    key: string;
    seen_at: Time;
  };
  requests: {
    id: string;
    action: string;
    input: Json<unknown>;
    spec: NullableJson<unknown>;
    spec_hash: string;
    preview: NullableJson<unknown>;
    state: RequestState;
    requester: string;
    requester_name: string;
    locale: Locale;
    channel: string;
    thread_ts: string | null;
    outcome: NullableJson<unknown>;
    /** Of a pipeline's step: the pipeline's request, and which step it is, from 0. */
    parent_id: string | null;
    step: number | null;
    version: Generated<number>;
    drawn_version: Generated<number>;
    created_at: DefaultTime;
    updated_at: DefaultTime;
  };
  approvals: {
    id: string;
    request_id: string;
    spec_hash: string;
    quorum: number;
    approvers: Json<readonly string[]>;
    state: Generated<ApprovalState>;
    expires_at: Time;
    decided_at: NullableTime;
    created_at: DefaultTime;
  };
  votes: {
    approval_id: string;
    voter: string;
    voter_name: string;
    decision: "approve" | "reject";
    created_at: DefaultTime;
  };
  runs: {
    id: string;
    request_id: string;
    engine: string;
    stage: string;
    title: string;
    cluster: string;
    namespace: string;
    name: string;
    uid: string | null;
    owner: string;
    /** The owner's when it was started. */
    team: string | null;
    gpus: number;
    simulated: Generated<boolean>;
    state: RunState;
    progress: number | null;
    reason: string | null;
    attempt: Generated<number>;
    /** A RunDetail. */
    detail: ColumnType<unknown, string | undefined, string>;
    cancel_requested_by: string | null;
    cancel_requested_at: NullableTime;
    created_at: DefaultTime;
    started_at: NullableTime;
    ended_at: NullableTime;
    observed_at: NullableTime;
    /** When somebody last asked about it. */
    attended_at: NullableTime;
    /** When its metrics were last looked at. */
    measured_at: NullableTime;
  };
  run_metrics: {
    run_id: string;
    /** A StoredSeries. */
    series: Json<unknown>;
    low_gpu_since: NullableTime;
  };
  log_follows: {
    id: string;
    run_id: string;
    person: string;
    locale: Locale;
    channel: string;
    thread_ts: string | null;
    filter: string;
    state: Generated<"open" | "ended">;
    ended_because: "stopped" | "time" | "run-ended" | "refused" | null;
    shown_hash: string | null;
    looked_at: NullableTime;
    ends_at: Time;
    created_at: Time;
  };
  reservations: {
    request_id: string;
    person: string;
    roles: string[];
    cluster: string;
    namespace: string;
    gpus: number;
    gpu_hours: number;
    created_at: Time;
    released_at: NullableTime;
  };
  pipeline_gates: {
    request_id: string;
    step: number;
    decision: "approve" | "reject";
    decided_by: string;
    decided_at: Time;
  };
  audit: {
    /** bigint: node-postgres reads it as text. */
    seq: ColumnType<string, number, never>;
    at: Time;
    actor: string;
    event: string;
    subject: string;
    detail: Json<unknown>;
    previous_hash: string;
    hash: string;
  };
  messages: {
    /** "request:<id>", "run:<id>" or "answer:<id>". */
    subject: string;
    purpose: string;
    channel: string;
    thread_ts: string | null;
    ts: string | null;
    content_hash: string | null;
    created_at: DefaultTime;
  };
  outbox: {
    id: Generated<string>;
    key: string;
    subject: string | null;
    purpose: string | null;
    channel: string;
    thread_ts: string | null;
    payload: Json<unknown>;
    /** Of a message that stands there already. */
    is_edit: Generated<boolean>;
    state: Generated<"pending" | "sent" | "failed">;
    attempts: Generated<number>;
    next_attempt_at: DefaultTime;
    claimed_until: NullableTime;
    last_error: string | null;
    created_at: DefaultTime;
    sent_at: NullableTime;
  };
  answers: {
    id: string;
    asker: string;
    channel: string;
    thread_ts: string | null;
    question: string;
    locale: Locale;
    mode: AnswerMode;
    text: string;
    sources: Json<unknown>;
    took_ms: number;
    /** A SearchTrace. */
    trace: ColumnType<unknown, string | null | undefined, string | null>;
    model: ColumnType<string | null, string | null | undefined, string | null>;
    /** TokenUsage. */
    tokens: ColumnType<unknown, string | null | undefined, never>;
    /** {stage, parameters}. */
    proposal: ColumnType<unknown, string | null | undefined, never>;
    created_at: DefaultTime;
  };
  open_answers: {
    id: string;
    asker: string;
    stopped_by: string | null;
    started_at: DefaultTime;
  };
  feedback: {
    answer_id: string;
    person: string;
    verdict: "helpful" | "not-helpful" | "wrong";
    /** Of "wrong", by its form. */
    cause: ColumnType<WrongCause | null, WrongCause | null | undefined, WrongCause | null>;
    reason: ColumnType<string | null, string | null | undefined, string | null>;
    created_at: DefaultTime;
  };
  api_keys: {
    id: string;
    hash: string;
    person: string;
    name: string;
    created_at: DefaultTime;
    last_used_at: NullableTime;
    revoked_at: NullableTime;
  };
  job_starts: {
    job_key: string;
    starts: Generated<number>;
    parked_at: NullableTime;
    last_error: string | null;
    updated_at: DefaultTime;
  };
}

export type Store = Kysely<Database>;
