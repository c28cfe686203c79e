-- A channel keeps its last ten refusals, and of each cause the last three: the noise of strangers does not push out what a
-- provider is refused for. What another process drops at this moment is left to it.
delete from hook_refusals where id in (
  select id from hook_refusals where id in (
    select id from (
      select id, row_number() over (partition by channel order by id desc) as n,
             row_number() over (partition by channel, cause order by id desc) as of_cause
      from hook_refusals where channel = any($1::int[])
    ) ranked where n > 10 and of_cause > 3
  ) order by id for update skip locked
)
