-- Who did what with contacts ($1), messages ($2), and what is theirs.
select (to_jsonb(a) - 'xid')::text
from audit a
where a.subject = any (array(
  select 'contact:' || x from unnest($1::uuid[]) x
  union all select 'message:' || x from unnest($2::uuid[]) x
  union all select 'conversation:' || id from conversations where contact = any ($1)
  union all select 'ticket:' || id from tickets where contact = any ($1)))
order by a.id
