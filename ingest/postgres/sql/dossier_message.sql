-- Messages as they are stored, but for what is of use to the database alone; in the order asked for.
select (to_jsonb(m) - '{lane,held_xid,channel}'::text[] || jsonb_build_object(
    'channel', c.name, 'text', b.text, 'reply_text', b.reply_text, 'html', b.html, 'document', b.doc,
    'keys', (select jsonb_agg(k.key_hash) from message_keys k where k.message = m.id),
    'moves', (select jsonb_agg(to_jsonb(t) - 'message' order by t.id) from transitions t where t.message = m.id),
    'files', (select jsonb_agg(to_jsonb(f) - 'message' order by f.idx) from files f where f.message = m.id)))::text
from unnest($1::uuid[]) with ordinality w(id, ord)
join messages m on m.id = w.id join channels c on c.id = m.channel left join bodies b on b.message = m.id
order by w.ord
