-- Conversations in which others wrote to them, by hashes of their addresses ($1).
select jsonb_build_object('conversation', v.number)::text
from participants p join conversations v on v.id = p.conversation where p.identity = any ($1::bytea[]) order by v.number
