-- Mail that was known under another UIDVALIDITY: its rows, oldest first, to be used up one to one.
select distinct on (p.ctid) p.kind, p.hash, p.message, m.seq
from unnest($2::text[], $3::bytea[]) x(kind, hash)
join prints p on p.channel = $1 and p.hash = x.hash and p.kind = x.kind
left join messages m on m.id = p.message
where p.mailbox = $4 and p.era <> $5
