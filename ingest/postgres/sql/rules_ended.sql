-- Rules that have ended by the clock and let go what they hold.
select id from rules where lifted_at is null and on_expiry = 'release' and expires_at <= $1 order by id limit 100
