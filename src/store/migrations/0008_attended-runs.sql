-- When somebody last asked about this run: what people look at is kept newer than the rest.
alter table runs add column attended_at timestamptz;
-- Of the last minute: edits of messages have a limit of their own.
create index outbox_cards on outbox (created_at) where purpose = 'card';
