select id, seq
from messages
where state = 'dead'
  and ($1::text is null or channel = (select id from channels where name = $1))
  and ($2::text is null or reason = $2)
  and ($3::bigint is null or seq < $3)
order by seq desc
limit $4
