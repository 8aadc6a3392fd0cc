-- What requests hold of the limits of `policy.limits`, from the moment they are queued until their end.
create table reservations (
  request_id text primary key references requests (id),
  person text not null,
  -- The person's roles at that time: a team is everybody of a role.
  roles text[] not null,
  cluster text not null,
  namespace text not null,
  gpus integer not null check (gpus >= 0),
  -- Expected of the whole run.
  gpu_hours double precision not null check (gpu_hours >= 0),
  created_at timestamptz not null,
  released_at timestamptz
);
create index reservations_open on reservations (person) where released_at is null;
create index reservations_released on reservations (released_at);

-- What runs already, and what ran within the last week; whose roles were not kept then.
insert into reservations (request_id, person, roles, cluster, namespace, gpus, gpu_hours, created_at, released_at)
select
  requests.id,
  requests.requester,
  '{}',
  requests.preview ->> 'cluster',
  requests.preview ->> 'namespace',
  (requests.preview ->> 'gpus')::integer,
  (requests.preview ->> 'gpuHours')::double precision,
  requests.created_at,
  runs.ended_at
from requests
left join runs on runs.request_id = requests.id
where requests.action = 'train-start'
  and (requests.state in ('queued', 'running') or runs.ended_at > now() - interval '7 days');
