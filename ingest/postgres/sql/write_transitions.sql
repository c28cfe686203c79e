insert into transitions (message, from_state, to_state, job, rule, reason, actor)
select message, 'received', to_state, job, nullif(rule, 0), nullif(reason, ''), actor
from unnest($1::uuid[], $2::state[], $3::bigint[], $4::bigint[], $5::text[], $6::text[]) x(message, to_state, job, rule, reason, actor)
