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

-- Answers that a model is writing now: who asked, and who pressed Stop.
create table open_answers (
  id text primary key,
  asker text not null,
  stopped_by text,
  started_at timestamptz not null default now()
);
alter table answers drop constraint answers_mode_check;
alter table answers add constraint answers_mode_check
  check (mode in ('generated', 'extractive', 'no-answer', 'stopped'));
-- How it came about: a SearchTrace, and the model's name. Null for answers from before.
alter table answers add column trace jsonb;
alter table answers add column model text;

-- What is wrong with an answer, by a form: which kind of wrong, and in the person's own words.
alter table feedback drop constraint feedback_verdict_check;
alter table feedback add constraint feedback_verdict_check check (verdict in ('helpful', 'not-helpful', 'wrong'));
alter table feedback add column cause text
  check (cause in ('other-page', 'page-outdated', 'misread', 'incomplete'));
alter table feedback add column reason text;

-- Whether a message in a thread may be a follow-up question.
create index answers_thread on answers (channel, thread_ts);
create index messages_answers on messages (channel, thread_ts) where purpose = 'answer';
