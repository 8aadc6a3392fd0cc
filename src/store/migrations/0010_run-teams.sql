-- Of the owner's role when the run was started; runs of before have none.
alter table runs add column team text;
