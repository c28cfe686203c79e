-- Nobody knows what came of the try, for the program stopped: it does not count.
update deliveries set leased_until = null, spent = spent - 1 where id = $1 and tries = $2 and state = 'pending'
