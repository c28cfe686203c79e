insert into bodies (message, text, reply_text, html, doc)
select id, $2, $3, $4, $5::jsonb from messages where id = $1 and state = 'dead'
on conflict (message) do update set text = excluded.text, reply_text = excluded.reply_text, html = excluded.html, doc = excluded.doc
