select w.ord, survivor(i.contact)
from unnest($1::text[], $2::text[]) with ordinality w(kind, value, ord)
join identities i on i.kind = w.kind and i.value = w.value and i.how <> 'claimed'
