-- Takes the lane if it is free, and leaves word for the next statement of the transaction, which is on its way already.
select set_config('gatehouse.lane', case when $2 or pg_try_advisory_xact_lock(2, $1) then 'mine' else 'taken' end, true) = 'mine'
