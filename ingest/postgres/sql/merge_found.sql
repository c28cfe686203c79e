-- The merge by which two contacts are one, or the last of those by which they are.
select id from merges
where undone_at is null and contact = any (kin($1))
order by contact in ($1, $2) and into_contact in ($1, $2) desc, id desc
limit 1
