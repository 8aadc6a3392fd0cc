-- Keys for OpenAI's protocol on the api port. The key itself is shown once and kept nowhere: this is its SHA-256.
create table api_keys (
  id text primary key,
  hash text not null unique,
  -- Slack user id: a key may read what this person may read, looked up anew whenever it is used.
  person text not null,
  name text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
