-- Where others once gave an address ($2, as kind:value) for theirs; not who they are.
select jsonb_build_object('address', i.kind || ':' || i.value, 'at', i.added_at)::text
from unnest($2::text[]) x join identities i on i.kind || ':' || i.value = x and i.how = 'claimed' and i.contact <> all ($1::uuid[])
order by i.id
