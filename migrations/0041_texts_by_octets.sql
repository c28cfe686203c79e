-- +goose Up

-- Texts are compared by octets: what is looked for and where are both in small letters already. Letter by letter, a text
-- that very many messages have took twice as long. The index is made anew; the blocked list waits for that, some ten
-- seconds for each 100,000 messages held, longer if they say much.
alter table held_texts alter column text type text collate "C";
