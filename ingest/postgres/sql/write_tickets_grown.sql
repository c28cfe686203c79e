-- After the messages were written: what holds a ticket is what holds its newest message, which may be an older one than
-- these if they were released before.
update tickets t
set messages = t.messages + x.n, rule = h.rule, reason = coalesce(h.reason, ''), held_at = now(), opened_at = null,
    opened_by = '', likely = (t.likely & 6) + x.passed, domain = x.domain
from unnest($1::uuid[], $2::int[], $3::text[], $4::int[]) x(id, n, domain, passed)
cross join lateral (
  select m.rule, m.reason from messages m where m.ticket = x.id and m.state = 'held' order by m.seq desc limit 1
) h
where t.id = x.id
