select v.id, v.number, survivor(v.contact), c.name, c.kind, v.status, v.assignee, v.subject, v.messages, v.tags, v.opened_at,
       v.closed_at, v.closed_by, v.last_message_at, v.continues, v.claims, coalesce(v.released_by, 0), v.imported
from unnest($1::uuid[]) with ordinality w(id, ord)
join conversations v on v.id = w.id
join channels c on c.id = v.channel
order by w.ord
