-- +goose Up

-- A channel's name stands in the scopes of rules. Where one is renamed its rules change for whoever has them in memory,
-- but not for the passes of messages: those go by the epoch that a rule was set at.
alter table rules add column rescoped bigint not null default 0;
comment on column rules.rescoped is 'the epoch at which a channel in its scope was renamed';
create index rules_rescoped on rules (rescoped) where rescoped > 0;
