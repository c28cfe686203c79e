-- +goose Up

-- What an import brought is recognised when a mailbox shows it; an index that is empty unless something was imported.
comment on column prints.era is 'the UIDVALIDITY it was last seen under; -1: an import brought it, and no mailbox has shown it yet';
create index prints_imported on prints (channel, hash) where era = -1 and hash is not null;
