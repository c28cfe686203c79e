-- What a message says now that it was read whole: in the place of what was kept of its header.
with x as (
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::timestamptz[])
    as x(id, sender, envelope, thread, answers, sent_at)
),
old as (delete from prints p using x where p.message = x.id),
gone as (delete from bodies b using x where b.message = x.id),
bare as (delete from raw r using x where r.message = x.id)
update messages m
set sender = x.sender, envelope = x.envelope::jsonb, thread = x.thread, answers = x.answers, sent_at = coalesce(x.sent_at, m.sent_at), note = null
from x where m.id = x.id
