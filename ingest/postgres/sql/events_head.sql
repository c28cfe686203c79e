select coalesce((select xid::text || '-' || id from events where xid < pg_snapshot_xmin(pg_current_snapshot())
                 order by xid desc, id desc limit 1), '')
