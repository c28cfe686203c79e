-- Counts a try to sign in before its password is looked at, in the order of the keys. The pause that follows doubles with each try
-- beyond the free ones, up to 15 minutes; without one, until is at. While one of the keys pauses, nothing is counted, and the
-- end of the pause is returned. Of tries at the same time those behind the first find the pause that it begins only once they have its row.
with asked as (select * from unnest($1::bytea[], $2::int[]) as a (key, free)),
paused as (select max(t.until) as until from sign_in_tries t join asked using (key) where t.until > greatest($3, t.at)),
counted as (
  insert into sign_in_tries as t (key, n, at, until)
  select key, 1, $3, $3 from asked where (select until from paused) is null order by key
  on conflict (key) do update set at = $3,
    n = case when t.at < $3::timestamptz - interval '1 hour' then 1 else least(t.n, 1000000) + 1 end,
    until = case when t.at < $3::timestamptz - interval '1 hour' then $3
      else $3::timestamptz + (select case when t.n + 1 < a.free then 0 else least(power(2, least(t.n + 1 - a.free, 10)), 900) end
                              from asked a where a.key = t.key) * interval '1 second' end
  where t.until <= greatest($3, t.at)
  returning 1
)
select coalesce(until, case when (select count(*) from counted) < cardinality($1::bytea[]) then $3::timestamptz + interval '1 second' end)
from paused
