select j.id, j.kind, j.scope, j.state, j.total, j.released, j.purged, j.skipped, j.failed, case when j.state = 'failed' then j.error else '' end, j.created_by, j.created_at, j.finished_at,
       coalesce(x.rows, 0)
from unnest($1::bigint[]) with ordinality w(id, ord) join jobs j on j.id = w.id left join exports x on x.job = j.id and x.made_at is not null
order by w.ord
