-- Those that stand first, and of each the newest first.
select id, kind, subject, n, since, raised_at, told_at, gone_since, muted_until, cleared_at
from alerts
where raised_at is not null and ($1 or cleared_at is null) and ($2::uuid is null or id = $2)
  and ($3::timestamptz is null or ((cleared_at is null)::int, raised_at, id) < ($4::bigint, $3, $5::uuid))
order by (cleared_at is null)::int desc, raised_at desc, id desc limit $6
