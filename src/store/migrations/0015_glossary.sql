-- What the people of this workspace call the same thing: used in questions, or only suggested by a page's titles.
create table glossary_terms (
  -- Of both sides, whatever their order and spelling.
  id text primary key,
  term text not null,
  counterpart text not null,
  state text not null check (state in ('used', 'suggested', 'dismissed')),
  -- Who added it, accepted it or dismissed it. Null: nobody has decided yet.
  person text,
  -- Of a suggestion: the page that it was learned from.
  source text,
  path text,
  created_at timestamptz not null default now(),
  decided_at timestamptz
);
create index glossary_terms_state on glossary_terms (state, created_at);
