-- A step of a pipeline is a request of its own, made when its turn comes.
alter table requests add column parent_id text references requests (id);
alter table requests add column step integer;
create unique index requests_steps on requests (parent_id, step) where parent_id is not null;

-- Who let a pipeline go on to a step, or ended it there.
create table pipeline_gates (
  request_id text not null references requests (id),
  step integer not null,
  decision text not null check (decision in ('approve', 'reject')),
  decided_by text not null,
  decided_at timestamptz not null,
  primary key (request_id, step)
);
