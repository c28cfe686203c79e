-- Below the oldest transaction that still runs nothing can come in between any more.
select 0::bigint, id, at, actor, action, subject, data::text, null::bytea from audit
where n is null and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit $1
