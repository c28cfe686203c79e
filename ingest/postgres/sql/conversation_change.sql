-- Null keeps. Gives back the status before.
with before as (select id, status, closed_at, closed_by from conversations where id = $1 for update)
update conversations v
set status    = coalesce($2, v.status),
    assignee  = coalesce($3, v.assignee),
    subject   = coalesce($4, v.subject),
    tags      = coalesce($5::text[], v.tags),
    closed_at = case when coalesce($2, v.status) = 'closed' then coalesce(before.closed_at, now()) end,
    closed_by = case when coalesce($2, v.status) <> 'closed' then '' when before.status = 'closed' then before.closed_by else $6 end
from before
where v.id = before.id
returning before.status
