-- Numbers of files, newest first.
select job from exports where what = any ($1::text[]) and ($2::bigint is null or job < $2) order by job desc limit $3
