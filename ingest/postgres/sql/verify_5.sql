select 5, says, count(*), (array_agg(id))[1:20] from (
  select 'conversed without a conversation that is there' says, m.id::text id from messages m
  where m.received_at >= $1 and m.state = 'conversed' and not exists (select from conversations v where v.id = m.conversation)
  union all
  select 'held or refused without one rule or reason', m.id::text from messages m
  where m.received_at >= $1 and m.state in ('held', 'refused') and (m.rule is null) = (m.reason is null)
  union all
  select 'refused or purged with content', m.id::text from messages m
  where m.received_at >= $1 and m.state in ('refused', 'purged')
    and (exists (select from raw r where r.message = m.id) or exists (select from bodies b where b.message = m.id)
         or exists (select from files f where f.message = m.id)
         or m.envelope - 'from' <> '{}' or m.thread is not null or m.answers is not null or m.note is not null)
  union all
  select 'content without its message', r.message::text from raw r where not exists (select from messages m where m.id = r.message)
  union all
  select 'a file without its message', f.message::text from files f where not exists (select from messages m where m.id = f.message)
  union all
  select 'a stored file that is not as large as its bytes', f.message::text from files f
  left join lateral (select sum(octet_length(d.data)) n, min(d.n) least, max(d.n) - count(*) + 1 gaps from media d
    where d.message = f.message and d.file = f.idx) d on true
  where f.status = 'stored' and (f.size <> coalesce(d.n, 0) or d.least <> 0 or d.gaps <> 0)
  union all
  select 'a conversation that counts wrongly', v.id::text from conversations v
  left join (select conversation, count(*) n from messages where conversation is not null group by 1) c on c.conversation = v.id
  where v.messages <> coalesce(c.n, 0)
  union all
  select 'a ticket that counts wrongly', t.id::text from tickets t
  left join (select ticket, count(*) n from messages where state = 'held' group by 1) c on c.ticket = t.id
  where t.messages <> coalesce(c.n, 0)
  union all
  select 'a text to be searched whose message is not held', h.message::text from held_texts h
  where not exists (select from messages m where m.id = h.message and m.state = 'held' and m.ticket = h.ticket)
  union all
  select 'a ticket that counts wrongly what is searched', t.id::text from tickets t
  left join (select ticket, count(*) n from held_texts group by 1) c on c.ticket = t.id
  where t.searched <> coalesce(c.n, 0)
  union all
  select 'a ticket that names another rule or reason than its newest message', t.id::text from tickets t
  cross join lateral (select m.rule, m.reason from messages m where m.ticket = t.id and m.state = 'held' order by m.seq desc limit 1) h
  where t.messages > 0 and (t.rule is distinct from h.rule or t.reason <> coalesce(h.reason, ''))) v
group by says
