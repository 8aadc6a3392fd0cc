-- A run that its platform continues after its end: 2 from then on, and its end is told once more.
alter table runs add column attempt integer not null default 1;
