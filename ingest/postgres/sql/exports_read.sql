-- One that is past its time has gone, whether it was removed yet or not.
select x.job, x.what,
       case when x.gone <> '' or x.expires_at <= $2 then 'gone' when x.made_at is not null then 'ready' else j.state end,
       x.rows, x.bytes, coalesce(encode(x.sha256, 'hex'), ''),
       case when x.gone <> '' then x.gone when x.expires_at <= $2 then 'expired' when j.state = 'failed' then j.error else '' end,
       j.created_by, j.created_at, x.made_at, x.expires_at
from unnest($1::bigint[]) with ordinality w(id, ord)
join exports x on x.job = w.id
join jobs j on j.id = x.job
order by w.ord
