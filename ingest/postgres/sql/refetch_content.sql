-- What a message says now that it was read whole: in the place of what was kept of its header, and of what the blocked
-- list showed and searched of that.
with x as (
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::timestamptz[])
    as x(id, sender, envelope, thread, answers, sent_at)
),
old as (delete from prints p using x where p.message = x.id),
files as (delete from files f using x where f.message = x.id),
gone as (delete from bodies b using x where b.message = x.id),
bare as (delete from raw r using x where r.message = x.id),
texts as (delete from held_texts h using x where h.message = x.id returning h.ticket),
again as (
  update tickets t set searched = t.searched - k.n from (select ticket, count(*) n from texts group by ticket) k where t.id = k.ticket
)
update messages m
set sender = x.sender, envelope = x.envelope::jsonb, thread = x.thread, answers = x.answers, sent_at = coalesce(x.sent_at, m.sent_at), note = null
from x where m.id = x.id
