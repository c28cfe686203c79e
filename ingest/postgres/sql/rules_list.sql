-- Ids of rules, newest first. State is standing, expired or lifted.
select id
from rules
where ($1::text is null or kind = $1)
  and ($2::text is null or $2 = case when lifted_at is not null then 'lifted'
                                     when expires_at <= $5::timestamptz then 'expired' else 'standing' end)
  and ($3::text is null or case target_kind when 'everyone' then target_kind else target_kind || ':' || target end = $3
       or target_kind = 'contact' and target = any ((select kin(substring($3 from '^contact:(.*)$')::uuid))::text[]))
  and ($4::bigint is null or id < $4)
order by id desc
limit $6
