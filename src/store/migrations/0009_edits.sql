-- Edits have a limit at Slack of their own; the first line of a message posts it.
alter table outbox add column is_edit boolean not null default false;
drop index outbox_cards;
create index outbox_edits on outbox (created_at) where is_edit;
