insert into attempts (channel, mailbox, key, tries) values ($1, $2, $3, 1)
on conflict (channel, mailbox, key) do update set tries = attempts.tries + 1, at = now()
returning tries
