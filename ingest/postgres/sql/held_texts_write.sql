insert into held_texts (message, ticket, seq, preview, text)
select message, ticket, seq, preview, text from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[]) x(message, ticket, seq, preview, text)
