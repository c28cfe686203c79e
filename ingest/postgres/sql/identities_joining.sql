-- By what contacts are known, without what was only claimed.
select w.id, i.kind, i.value, i.how
from unnest($1::uuid[]) w(id)
cross join lateral (select w.id union all select m.id from contacts m where m.merged_into = w.id) k(id)
join identities i on i.contact = k.id and i.how <> 'claimed'
