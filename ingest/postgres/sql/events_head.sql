-- The newest event that may be read, else where the log was tidied up to.
select coalesce((select xid::text || '-' || id from events where xid < pg_snapshot_xmin(pg_current_snapshot())
                 order by xid desc, id desc limit 1),
                (select xid::text || '-' || id from events_tidied where id > 0), '')
