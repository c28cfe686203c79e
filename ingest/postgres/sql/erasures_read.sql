select e.id, e.job, e.contact, j.state, j.created_by, j.created_at, e.finished_at, e.counts, coalesce(e.certificate, ''), coalesce(e.signature, '')
from erasures e join jobs j on j.id = e.job
where ($1::bigint is null or e.id = $1) and ($2::bigint is null or e.id < $2)
order by e.id desc limit $3
