-- How many held messages will be past their time by then, by reason.
select coalesce(reason, 'rule'), count(*)::int from messages
where state = 'held' and rule is null and settled_at < $1::timestamptz group by 1
union all
select 'rule', count(*)::int from messages
where state = 'held' and rule is not null and settled_at < $2::timestamptz having count(*) > 0
