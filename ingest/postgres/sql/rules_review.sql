-- Ids of the rules that are not lifted and about which there are doubts, newest first, with the doubts' codes. $4 is now,
-- $5 the moment after which a rule must have met something (null: it need not), $6 the percentage from which it is often
-- wrong (0: never), $7 of how many messages people must have decided, $8 the rules that are shadowed.
select r.id, d.codes
from rules r
left join contacts c on c.id = case when r.target_kind = 'contact' then r.target::uuid end
cross join lateral (select array_remove(array[
  case when (r.expires_at is null or r.expires_at > $4::timestamptz)
         and coalesce(r.last_hit_at, r.created_at) < $5::timestamptz then 'idle' end,
  case when $6::int > 0 and r.released_wrong + r.deleted >= $7::int
         and r.released_wrong * 100 >= $6::int * (r.released_wrong + r.deleted) then 'often_wrong' end,
  case when r.expires_at <= $4::timestamptz
         and exists (select from messages m where m.state = 'held' and m.rule = r.id) then 'expired_holding' end,
  case when r.id in (select unnest($8::bigint[])) then 'shadowed' end,
  case when c.erased is not null then 'contact_erased' when c.merged_into is not null then 'contact_merged' end
], null) as codes) d
where r.lifted_at is null and d.codes <> '{}'
  and ($1::text is null or r.kind = $1)
  and ($2::text is null or case r.target_kind when 'everyone' then r.target_kind else r.target_kind || ':' || r.target end = $2
       or r.target_kind = 'contact' and r.target = any ((select kin(substring($2 from '^contact:(.*)$')::uuid))::text[]))
  and ($3::bigint is null or r.id < $3)
order by r.id desc
limit $9
