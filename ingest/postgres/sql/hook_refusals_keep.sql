insert into hook_refusals (channel, at, cause, says, method, url, address, headers, size)
select * from unnest($1::int[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::bigint[])
