-- The readable parts, the first raw chunks and the prints of messages whose content was taken away before.
with b as (
  insert into bodies (message, text, reply_text, html, doc)
  select x.message, x.text, x.reply_text, x.html, x.doc::jsonb
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) x(message, text, reply_text, html, doc)
),
r as (
  insert into raw (message, n, data) select x.message, 0, x.data from unnest($6::uuid[], $7::bytea[]) x(message, data)
)
insert into prints (channel, kind, hash, message, mailbox, era)
select $11, x.kind, x.hash, x.message, $12, $13
from unnest($8::uuid[], $9::text[], $10::bytea[]) x(message, kind, hash)
