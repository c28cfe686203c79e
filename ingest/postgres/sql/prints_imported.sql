-- Mail that an import brought and that its mailbox has not shown yet. Rows of imports have the era -1.
select p.kind, p.hash, p.message, m.seq
from unnest($2::text[], $3::bytea[]) x(kind, hash)
join prints p on p.channel = $1 and p.hash = x.hash and p.kind = x.kind
left join messages m on m.id = p.message
where p.era = -1
