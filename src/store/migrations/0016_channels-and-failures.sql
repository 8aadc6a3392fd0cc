-- Slack channels whose threads are documents, switched on by a member for everybody there to see.
create table indexed_channels (
  channel text primary key,
  switched_by text not null,
  switched_at timestamptz not null
);

-- Threads of these in which a message was changed or taken away: Slack's list of a channel does not tell of a changed answer.
create table changed_threads (
  channel text not null references indexed_channels (channel) on delete cascade,
  thread_ts text not null,
  -- Of the latest change: the event's own time, as Slack writes it.
  change_ts text not null,
  primary key (channel, thread_ts)
);

-- Documents that could not be indexed as they are: not read again for a day, or until they have another mark.
create table failed_documents (
  source text not null,
  path text not null,
  mark text not null,
  reason text not null,
  failed_at timestamptz not null,
  primary key (source, path)
);
