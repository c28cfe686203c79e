-- A message as it is stored, but for what is of use to the database alone; apart what it says, and how many octets are to be read
-- again where only its raw bytes say it.
select (to_jsonb(m) - '{lane,held_xid,channel}'::text[] || jsonb_build_object(
    'channel', c.name,
    'keys', (select jsonb_agg(k.key_hash) from message_keys k where k.message = m.id),
    'moves', (select jsonb_agg(to_jsonb(t) - 'message' order by t.id) from transitions t where t.message = m.id),
    'files', (select jsonb_agg(to_jsonb(f) - 'message' order by f.idx) from files f where f.message = m.id)))::text,
  coalesce(b.text, ''), coalesce(b.reply_text, ''), coalesce(b.html, ''), coalesce(b.doc::text, 'null'),
  case when b.message is null and m.state in ('received', 'conversed', 'held')
       then (select coalesce(sum(octet_length(r.data)), 0) from raw r where r.message = m.id) else 0 end,
  m.received_at, c.name, c.kind, coalesce(m.envelope->'from'->>'name', ''), m.sender, coalesce(m.envelope->>'subject', '')
from messages m join channels c on c.id = m.channel left join bodies b on b.message = m.id
where m.id = $1
