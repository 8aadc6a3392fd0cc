-- Sets of readers, each once, under an id that follows from it. What a chunk carries is the id.
create table audiences (
  id text primary key,
  -- {"allOf": [["group:ml", …], …]}: in each list one of the person's names. Sorted, each name once.
  readers jsonb not null,
  -- When a sync last found documents of it; what no document has any more goes some time after.
  seen_at timestamptz not null default now()
);

-- Who may read a document, as indexed: an id of above, or "public".
alter table documents add column audience text not null default 'public';

-- What a sync left out, counted by who may know of it: {"public": 3, "a…": 1}. Null for syncs from before.
alter table source_syncs add column left_out_of jsonb;
