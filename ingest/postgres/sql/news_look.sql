-- Whether there is anything new since a mark, and the next mark.
select e.n, pg_snapshot_xmin(pg_current_snapshot())::text,
       exists (select from joined where changed >= $1::text::xid8), exists (select from opts where changed >= $1::text::xid8)
from epoch e
