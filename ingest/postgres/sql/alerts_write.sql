insert into alerts (id, kind, subject, n, since, raised_at, told_at, gone_since, cleared_at)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
on conflict (id) do update set n = excluded.n, raised_at = excluded.raised_at, told_at = excluded.told_at,
  gone_since = excluded.gone_since, cleared_at = excluded.cleared_at
