update tickets t set messages = t.messages + x.n, rule = nullif(x.rule, 0), reason = x.reason, opened_at = null
from unnest($1::uuid[], $2::int[], $3::bigint[], $4::text[]) x(id, n, rule, reason)
where t.id = x.id
