insert into conversations (id, contact, channel, family, status, subject, messages, last_message_at, closed_at, closed_by, continues, released_by, imported, claims)
select id, contact, channel, family, status, subject, n, last_at, case when status = 'closed' then now() end,
       case when status <> 'closed' then '' when imported then 'import' else 'change' end, continues, nullif(job, 0), imported, claims
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::int[], $8::timestamptz[], $9::uuid[], $10::bigint[], $11::bool[],
            $12::uuid[])
  x(id, contact, channel, family, status, subject, n, last_at, continues, job, imported, claims)
