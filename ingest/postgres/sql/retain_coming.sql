-- How many held messages will be past their time by then, by reason. What a legal hold covers at $3 stays.
select coalesce(reason, 'rule'), count(*)::int from messages
where state = 'held' and rule is null and settled_at < $1::timestamptz
  and contact not in (select contacts_on_hold($3)) group by 1
union all
select 'rule', count(*)::int from messages
where state = 'held' and rule is not null and settled_at < $2::timestamptz
  and contact not in (select contacts_on_hold($3)) having count(*) > 0
