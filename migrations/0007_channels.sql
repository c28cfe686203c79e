-- +goose Up

-- A channel's name stands in the scopes of rules. Where one is renamed its rules change for whoever has them in memory,
-- but not for the passes of messages: those go by the epoch that a rule was set at. So it is with what a rule says of itself.
alter table rules add column reworded bigint not null default 0;
comment on column rules.reworded is 'the epoch at which a channel in its scope was renamed, or its reason or comment edited';
create index rules_reworded on rules (reworded) where reworded > 0;
