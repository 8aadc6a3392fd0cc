-- What was known of a document when it was last indexed; a document with the same mark is not read again.
alter table documents add column mark text;

-- The latest sync of each document source.
create table source_syncs (
  source text primary key,
  state text not null check (state in ('running', 'done', 'failed')),
  started_at timestamptz not null,
  -- Of a running sync: when it last said that it is alive.
  seen_at timestamptz not null,
  -- When a sync last came to its end; kept while the next one runs.
  ended_at timestamptz,
  -- When the index itself was last compared with the rows, document by document.
  compared_at timestamptz,
  -- Documents looked at so far, of so many listed.
  done integer not null default 0,
  total integer not null default 0,
  written integer not null default 0,
  unchanged integer not null default 0,
  deleted integer not null default 0,
  -- Documents that could not be indexed: how many, and the first 200 as [{"path", "reason"}].
  left_out integer not null default 0,
  left_out_paths jsonb not null default '[]',
  -- Why the sync as a whole failed.
  error text
);

-- Syncs that people asked for in Slack, one edited message each.
create table sync_follows (
  id text primary key,
  source text not null,
  person text not null,
  locale text not null check (locale in ('en', 'ko')),
  channel text not null,
  thread_ts text,
  -- A sync that began before does not answer it.
  asked_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'ended')),
  -- Of what was shown last.
  shown_hash text
);
create index sync_follows_open on sync_follows (asked_at) where state = 'open';
