select w.id, i.id, i.kind, i.value, i.how, i.added_at
from (select distinct unnest($1::uuid[])) w(id) join identities i on i.contact = any (kin(w.id))
order by w.id, i.id
