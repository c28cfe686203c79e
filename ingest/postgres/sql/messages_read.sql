-- Messages whole, in the order asked for.
select m.id, m.seq, c.name, c.kind, c.family, m.state::text, m.received_at, m.sent_at, m.envelope, m.recovered is not null,
       m.conversation, survivor(m.contact), m.ticket, m.rule, m.reason, m.note, m.trail, m.settled_at,
       m.pass_job, m.pass_epoch, m.pass_order, j.created_by, j.send_to,
       coalesce((select max(t.at) from transitions t
                 where m.pass_job is not null and t.message = m.id and t.job = m.pass_job and t.to_state = 'received'),
                j.created_at),
       b.message is not null, b.text, b.reply_text, b.html, b.doc,
       array(select encode(k.key_hash, 'hex') from message_keys k where k.message = m.id order by 1),
       (select coalesce(sum(octet_length(r.data)), 0) from raw r where r.message = m.id)
from unnest($1::uuid[]) with ordinality w(id, ord)
join messages m on m.id = w.id
join channels c on c.id = m.channel
left join bodies b on b.message = m.id
left join jobs j on j.id = m.pass_job
order by w.ord
