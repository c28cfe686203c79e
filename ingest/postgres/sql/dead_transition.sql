insert into transitions (message, from_state, to_state, actor) values ($1, 'dead', $2::state, $3)
