update conversations v
set messages = v.messages + x.n, last_message_at = greatest(v.last_message_at, x.last_at), status = x.status,
    closed_at = case when x.status = 'closed' then v.closed_at end,
    closed_by = case when x.status = 'closed' then v.closed_by else '' end
from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[]) x(id, n, last_at, status)
where v.id = x.id
