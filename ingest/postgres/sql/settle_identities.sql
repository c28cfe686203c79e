select i.kind, i.value, i.contact
from unnest($1::text[], $2::text[]) x(kind, value)
join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
