-- Of some addresses, who has them and who claimed them: of those that claimed one, the last hundred.
insert into links (one, other, why, state)
select distinct least(c.contact, i.contact), greatest(c.contact, i.contact), 'claimed', 'suggested'
from unnest($1::text[], $2::text[]) x(kind, value)
join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
cross join lateral (
  select c.contact from identities c where c.kind = x.kind and c.value = x.value and c.how = 'claimed' order by c.id desc limit 100) c
where c.contact <> i.contact
order by 1, 2
on conflict (one, other) do nothing
