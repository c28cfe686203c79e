-- A file that is to be made, unless so many are kept already.
insert into exports (job, what, filter, expires_at)
select $1, $2, $3::text::jsonb, $4 where (select count(*) from exports where gone = '') < $5::int
