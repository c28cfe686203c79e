-- Counts a step that failed, and puts the next one off.
update jobs set strikes = strikes + 1, error = $2, retry_at = $3::timestamptz + least(power(2, strikes), 120) * interval '250 milliseconds'
where id = $1 and state = 'running'
returning strikes
