-- +goose Up

-- What a mistyped address is looked for among: those of about its length.
create index identities_length on identities (length(value));
