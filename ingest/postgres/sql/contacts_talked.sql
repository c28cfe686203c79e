-- When the first conversation of each contact began, of those that ever had one.
select w.id, min(v.opened_at)
from unnest($1::uuid[]) w(id) join conversations v on v.contact = any (kin(w.id))
group by w.id
