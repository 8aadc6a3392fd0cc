-- "live": what was looked up, without a page. "curated": what a person has written for such a question.
alter table answers drop constraint answers_mode_check;
alter table answers add constraint answers_mode_check
  check (mode in ('generated', 'extractive', 'no-answer', 'stopped', 'live', 'curated'));
-- What the question itself asked to start: {"stage", "parameters"}; the button under the answer shows its preview.
alter table answers add column proposal jsonb;

-- Answers that people have written or corrected, offered first on similar questions.
create table curated_answers (
  id text primary key,
  -- What people type to remove it.
  number integer generated always as identity unique,
  question text not null,
  answer text not null,
  locale text not null check (locale in ('en', 'ko')),
  -- The pages that it rests on, as [{"documentId", "contentHash", "title", "headings", "url"}]. Where one of them has
  -- changed or is gone, the answer is not offered any more.
  pages jsonb not null,
  -- The answer that was corrected.
  answer_id text not null,
  -- Slack user id, and the name for readers elsewhere.
  curated_by text not null,
  curated_by_name text not null,
  curated_at timestamptz not null default now(),
  removed_by text,
  removed_at timestamptz
);
create index curated_answers_open on curated_answers (curated_at) where removed_at is null;

-- Tokens of a generated answer, where the model's server counts them: {"prompt", "answer"}.
alter table answers add column tokens jsonb;

-- The same question to two models, and which answer people found better, the newest of each person.
create table comparisons (
  id text primary key,
  question text not null,
  asker text not null,
  channel text not null,
  first_model text not null,
  second_model text not null,
  -- Of both: {"first": {...}, "second": {...}} with text, mode, tookMs, tokens.
  answers jsonb not null,
  created_at timestamptz not null default now()
);
create table comparison_votes (
  comparison_id text not null references comparisons (id) on delete cascade,
  person text not null,
  choice text not null check (choice in ('first', 'second')),
  voted_at timestamptz not null default now(),
  primary key (comparison_id, person)
);
