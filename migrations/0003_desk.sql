-- +goose Up

-- What a request with an idempotency key came to is kept in ids and codes alone, and the answer made of them anew.
-- Answers kept before had content.
delete from idempotency;
comment on column idempotency.answer is 'the outcome: ids and codes as JSON';
