-- What is long over goes.
with old as (delete from consents where expires_at < $4::timestamptz - interval '30 days')
insert into consents (id, channel, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5)
