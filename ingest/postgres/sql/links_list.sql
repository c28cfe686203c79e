-- Suggestions, the last first, of persons that are not one by now; of a contact's alone if one is given.
select l.id, l.why, l.message, l.at, a.id, a.name, coalesce(i.value, ''), b.id, b.name, coalesce(j.value, '')
from links l
join contacts a on a.id = survivor(l.one)
join contacts b on b.id = survivor(l.other)
left join lateral (select value from identities where contact = any (kin(a.id)) and how <> 'claimed' order by id limit 1) i on true
left join lateral (select value from identities where contact = any (kin(b.id)) and how <> 'claimed' order by id limit 1) j on true
where l.state = 'suggested' and a.id <> b.id
  and ($1::uuid is null or l.one = any (kin($1)) or l.other = any (kin($1)))
  and ($2::bigint is null or l.id < $2)
  and ($3::bigint is null or l.id = $3)
order by l.id desc
limit $4
