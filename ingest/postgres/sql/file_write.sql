-- A chunk, unless the file is gone or another try has begun. The lock makes that one wait for this chunk, and then
-- delete it.
insert into media (message, file, n, data)
select f.message, f.idx, $4, $5 from files f
where f.message = $1 and f.idx = $2 and f.tries = $3 and f.status = 'pending'
for share
