insert into audit (actor, action, subject, data)
select $1, $2, $3, d from (select coalesce(nullif($4, 'null')::jsonb, '{}') d) x
where not exists (select from audit a where a.at > now() - $5::interval and a.actor = $1 and a.action = $2 and a.subject = $3 and a.data = x.d)
