-- Vectors of texts by the embedder that made them: a re-chunk, a moved page, another index and a restart ask for none again.
create table embeddings (
  -- Model and what else shapes its vectors.
  model text not null,
  dimension integer not null,
  -- SHA-256 of what was embedded.
  text_hash bytea not null,
  -- 32-bit floats, little-endian, of unit length.
  vector bytea not null,
  made_at timestamptz not null default now(),
  primary key (model, dimension, text_hash)
);
create index embeddings_age on embeddings (made_at);

-- The dimension each embedder last answered with: a start need not ask, and goes well without it.
create table embedders (
  model text primary key,
  dimension integer not null,
  seen_at timestamptz not null default now()
);
