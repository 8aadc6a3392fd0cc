-- The rows that are the truth. Slack messages are drawn from them; queued jobs carry only their ids.

-- One row for each Slack delivery: the dedupe key (kept 24 h) and the intent, written before the ack.
create table inbound (
  key text primary key,
  kind text not null check (kind in ('mention', 'message', 'command', 'button', 'form', 'home')),
  payload jsonb not null,
  state text not null default 'received' check (state in ('received', 'handled', 'parked')),
  attempts integer not null default 0,
  received_at timestamptz not null default now(),
  handled_at timestamptz
);
create index inbound_open on inbound (received_at) where state = 'received';

-- Signatures of HTTP deliveries: each is good once.
create table signatures (
  key text primary key,
  seen_at timestamptz not null
);

-- One row for each thing a person asked a platform to do, from the preview to its outcome.
create table requests (
  id text primary key,
  action text not null,
  input jsonb not null,
  spec jsonb,
  spec_hash text not null,
  preview jsonb,
  state text not null check (state in
    ('previewed', 'needs-approval', 'queued', 'running', 'done', 'failed', 'rejected', 'expired', 'cancelled', 'parked')),
  requester text not null,
  requester_name text not null,
  locale text not null check (locale in ('en', 'ko')),
  channel text not null,
  thread_ts text,
  outcome jsonb,
  -- Raised by every change of the request or its run; its messages show what drawn_version saw.
  version integer not null default 1,
  drawn_version integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index requests_open on requests (state, updated_at)
  where state in ('previewed', 'needs-approval', 'queued', 'running');

create index requests_undrawn on requests (updated_at) where drawn_version < version;

create table approvals (
  id text primary key,
  request_id text not null unique references requests (id),
  spec_hash text not null,
  quorum integer not null check (quorum >= 1),
  approvers jsonb not null,
  state text not null default 'open' check (state in ('open', 'approved', 'rejected', 'expired', 'void')),
  expires_at timestamptz not null,
  decided_at timestamptz,
  created_at timestamptz not null default now()
);
create index approvals_open on approvals (expires_at) where state = 'open';

create table votes (
  approval_id text not null references approvals (id),
  voter text not null,
  voter_name text not null,
  decision text not null check (decision in ('approve', 'reject')),
  created_at timestamptz not null default now(),
  primary key (approval_id, voter)
);

create table runs (
  id text primary key,
  request_id text not null unique references requests (id),
  engine text not null,
  stage text not null,
  title text not null,
  cluster text not null,
  namespace text not null,
  name text not null,
  uid text,
  owner text not null,
  gpus integer not null,
  -- How long a simulated run took teaches nothing.
  simulated boolean not null default false,
  state text not null check (state in ('queued', 'starting', 'running', 'succeeded', 'failed', 'cancelled', 'lost')),
  progress real,
  reason text,
  cancel_requested_by text,
  cancel_requested_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  observed_at timestamptz,
  unique (cluster, namespace, name)
);
create index runs_open on runs (observed_at) where state in ('queued', 'starting', 'running');

-- Append-only; each row's hash covers its content and the hash before it.
create table audit (
  seq bigint primary key,
  at timestamptz not null,
  actor text not null,
  event text not null,
  subject text not null,
  detail jsonb not null,
  previous_hash text not null,
  hash text not null unique
);
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit table is append-only';
end $$;
create trigger audit_append_only before update or delete or truncate on audit
  for each statement execute function audit_is_append_only();

-- The Slack message that shows a subject (one for each purpose), edited in place.
create table messages (
  subject text not null,
  purpose text not null,
  channel text not null,
  thread_ts text,
  ts text,
  content_hash text,
  created_at timestamptz not null default now(),
  primary key (subject, purpose)
);
create index messages_by_ts on messages (channel, ts);

-- What is still to be said. Ordered by id within a channel; the key makes a line be said once.
create table outbox (
  id bigint generated always as identity primary key,
  key text not null unique,
  subject text,
  purpose text,
  channel text not null,
  thread_ts text,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  -- Who sends the oldest row of a channel holds it until then; a dead sender's claim runs out.
  claimed_until timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index outbox_pending on outbox (channel, id) where state = 'pending';

create table documents (
  id text primary key,
  source text not null,
  path text not null,
  title text not null,
  content_hash text not null,
  chunk_count integer not null,
  updated_at timestamptz,
  indexed_at timestamptz not null default now(),
  unique (source, path)
);

create table answers (
  id text primary key,
  asker text not null,
  channel text not null,
  thread_ts text,
  question text not null,
  locale text not null check (locale in ('en', 'ko')),
  mode text not null check (mode in ('generated', 'extractive', 'no-answer')),
  text text not null,
  sources jsonb not null,
  took_ms integer not null,
  created_at timestamptz not null default now()
);

create table feedback (
  answer_id text not null references answers (id),
  person text not null,
  verdict text not null check (verdict in ('helpful', 'not-helpful')),
  created_at timestamptz not null default now(),
  primary key (answer_id, person)
);

-- Our own counter of starts, so that a job that kills its worker is parked.
create table job_starts (
  job_key text primary key,
  starts integer not null default 0,
  parked_at timestamptz,
  last_error text,
  updated_at timestamptz not null default now()
);
