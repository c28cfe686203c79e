-- Null keeps. Gives back the status before, whether the desk took the conversation over by now, and whether another has it.
with before as (select id, status, assignee, closed_at, closed_by from conversations where id = $1 for update)
update conversations v
set status    = coalesce($2, v.status),
    assignee  = coalesce($3, v.assignee),
    subject   = coalesce($4, v.subject),
    tags      = coalesce($5::text[], v.tags),
    answered_at = coalesce(v.answered_at, case when $2 = 'open' or $3 <> '' then now() end),
    closed_at = case when coalesce($2, v.status) = 'closed' then coalesce(before.closed_at, now()) end,
    closed_by = case when coalesce($2, v.status) <> 'closed' then '' when before.status = 'closed' then before.closed_by else $6 end
from before
where v.id = before.id
returning before.status, v.answered_at is not null, v.assignee <> before.assignee
