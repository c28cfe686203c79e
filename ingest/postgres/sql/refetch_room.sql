-- How many refusals without a row may still be found.
select coalesce(sum(greatest(n - 100, 0) - fetched), 0)::bigint from refusals where rule = $1 and channel = $2
