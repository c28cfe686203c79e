-- What buckets took, a row a stretch of their period. Not locked: lanes beside this one add to them meanwhile.
select b.kind, b.key, b.slot, b.n
from unnest($1::text[], $2::bytea[], $3::timestamptz[]) x(kind, key, slot)
join buckets b on b.kind = x.kind and b.key = x.key and b.slot = x.slot
