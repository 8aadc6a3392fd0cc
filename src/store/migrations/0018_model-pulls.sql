-- Models that people have pulled onto a server, and how far it is. The server itself remembers what it has of a model.
create table model_pulls (
  id text primary key,
  -- Host and port, as people are told it.
  server text not null,
  model text not null,
  person text not null,
  locale text not null check (locale in ('en', 'ko')),
  channel text not null,
  thread_ts text,
  asked_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'done', 'failed')),
  -- Bytes; of the whole only what the server has told so far.
  done_bytes bigint not null default 0,
  total_bytes bigint not null default 0,
  -- When the server told of it the last time, or was asked for the first.
  moved_at timestamptz not null,
  -- When a worker was at it.
  seen_at timestamptz,
  error text,
  -- Of what was shown last.
  shown_hash text
);
create unique index model_pulls_open on model_pulls (server, model) where state = 'open';
