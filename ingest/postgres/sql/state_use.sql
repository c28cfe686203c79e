insert into sign_in_states (hash, until) values ($1, $2) on conflict do nothing
