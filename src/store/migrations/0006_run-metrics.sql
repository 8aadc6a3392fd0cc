-- What was seen of a run's metrics, for its chart; the newest values stand in runs.detail.
create table run_metrics (
  run_id text primary key references runs (id) on delete cascade,
  -- {"loss": [{"step", "value", "atMs"}], "evalLoss": […]}, at most 400 points each.
  series jsonb not null default '{}',
  -- Since when its GPUs have been known to idle; a notice was given then. Null: they do not.
  low_gpu_since timestamptz
);
alter table runs add column measured_at timestamptz;

-- Logs that are shown live in a thread, one edited message each.
create table log_follows (
  id text primary key,
  run_id text not null references runs (id) on delete cascade,
  -- As whom the log is read.
  person text not null,
  locale text not null check (locale in ('en', 'ko')),
  channel text not null,
  -- The thread; null: under the message of the run, or in the channel where there is none.
  thread_ts text,
  -- Only lines that hold it; empty: all.
  filter text not null,
  state text not null default 'open' check (state in ('open', 'ended')),
  -- Why it ended: 'stopped', 'time', 'run-ended', 'refused'.
  ended_because text,
  -- Of what was shown last: an unchanged log is not sent again.
  shown_hash text,
  looked_at timestamptz,
  ends_at timestamptz not null,
  created_at timestamptz not null
);
create index log_follows_open on log_follows (looked_at) where state = 'open';
