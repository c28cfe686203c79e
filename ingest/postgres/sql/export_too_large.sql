with x as (update exports set rows = $2 where job = $1 returning job)
update jobs j set total = least($2::bigint, 2147483647) from x where j.id = x.job
