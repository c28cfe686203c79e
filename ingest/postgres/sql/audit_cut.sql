-- Marks the end of what is removed: of the first $2 lines those before the first that is not older than $1. The chain goes on from
-- the hash of the last of them. Nothing: none is as old.
with part as (select n, hash, at from audit where n is not null order by n limit $2),
last as (select n, hash from part where n < coalesce((select min(n) from part where at >= $1), (select max(n) + 1 from part)) order by n desc limit 1)
update audit_chain c set cut_n = last.n, cut_hash = last.hash from last
returning c.cut_n, c.cut_hash
