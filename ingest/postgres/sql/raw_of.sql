select r.message, r.data
from unnest($1::uuid[]) with ordinality w(id, ord)
join raw r on r.message = w.id
order by w.ord, r.n
