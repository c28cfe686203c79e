insert into tickets (id, contact, channel, messages, rule, reason)
select id, contact, channel, n, nullif(rule, 0), reason
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::bigint[], $6::text[]) x(id, contact, channel, n, rule, reason)
