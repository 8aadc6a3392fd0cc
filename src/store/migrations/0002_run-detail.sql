-- What a run shows beyond its state: steps, gates, trials, restarts (RunDetail in src/actions/ports.ts).
alter table runs add column detail jsonb not null default '{}';

create index runs_newest on runs (created_at desc);
create index runs_by_owner on runs (owner, created_at desc);
create index runs_by_stage on runs (stage, created_at desc);
