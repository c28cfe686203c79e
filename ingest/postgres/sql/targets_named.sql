-- How many known contacts domains, prefixes and everyone name, but for the one given. At most $4 identities are looked
-- at for each: whether it is ten thousand or a million makes no difference to who asks.
select case t.kind
  when 'everyone' then (select count(*) from (
    select from contacts c where c.merged_into is null and c.id is distinct from (select survivor($3::uuid)) limit $4) x)
  when 'domain' then (select count(distinct coalesce(c.merged_into, c.id)) from (
    select i.contact from identities i
    where i.kind = 'email' and i.how <> 'claimed' and (i.contact = any ((select kin($3))::uuid[])) is not true
      and (reverse(split_part(i.value, '@', -1)) collate "C" = reverse(t.value)
           or reverse(split_part(i.value, '@', -1)) collate "C" >= reverse('.' || t.value)
              and reverse(split_part(i.value, '@', -1)) collate "C" < reverse('/' || t.value))
    limit $4) x join contacts c on c.id = x.contact)
  when 'phone_prefix' then (select count(distinct coalesce(c.merged_into, c.id)) from (
    select i.contact from identities i
    where i.kind = 'phone' and i.how <> 'claimed' and (i.contact = any ((select kin($3))::uuid[])) is not true
      and i.value collate "C" >= t.value and i.value collate "C" < t.value || ':'
    limit $4) x join contacts c on c.id = x.contact)
  else 0 end
from unnest($1::text[], $2::text[]) with ordinality t(kind, value, ord)
order by t.ord
