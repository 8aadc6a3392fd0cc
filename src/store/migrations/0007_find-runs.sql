-- A run is found by its id, its name, or the beginning of either, however old it is.
create index runs_by_name on runs (name text_pattern_ops);
create index runs_by_id on runs (id text_pattern_ops);
-- What has not ended, or ended lately.
create index runs_by_end on runs (ended_at);
