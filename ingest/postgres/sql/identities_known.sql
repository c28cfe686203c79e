-- Whom identities name. Each is looked up by itself: asked for thousands, the planner would read all that there are.
select w.ord, k.id
from unnest($1::text[], $2::text[]) with ordinality w(kind, value, ord)
cross join lateral (select contact from identities where kind = w.kind and value = w.value and how <> 'claimed' offset 0) i
cross join lateral (select coalesce(c.merged_into, c.id) as id from contacts c where c.id = i.contact offset 0) k
