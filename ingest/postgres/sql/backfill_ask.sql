insert into backfills (channel, since, until, dry_run, asked_by, asked_at) values ($1, $2, $3, $4, $5, $6) returning id
